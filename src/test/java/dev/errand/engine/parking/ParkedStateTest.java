package dev.errand.engine.parking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ParkedStateTest {

    private static final Pattern ARROW = Pattern.compile("(?m)^ {4}([A-Z]+) --> ([A-Z]+) :");

    /** An UPDATE of the table, to the end of its text. */
    private static final Pattern UPDATE = Pattern.compile("(?s)UPDATE parked_action\\b.*?\"");

    private static final Pattern CHANGE = Pattern.compile("\\bstate\\s*=");

    @Test
    void shouldDrawEveryTransitionAndNoOther() throws IOException {
        var drawn = new TreeSet<String>();
        ARROW.matcher(Files.readString(Path.of("src/docs/failed-actions.md")))
                .results()
                .forEach(arrow -> drawn.add(arrow.group(1) + " to " + arrow.group(2)));

        var possible = new TreeSet<String>();
        for (var state : ParkedState.values()) {
            state.next().forEach(next -> possible.add(state + " to " + next));
        }

        assertThat(drawn).isEqualTo(possible);
    }

    /** An UPDATE with a literal state, or without a condition on the old one, could make a transition that the type does not allow. */
    @Test
    void shouldBeChangedByTransitionsOnly() throws IOException {
        // Given
        var changes = new ArrayList<String>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                UPDATE.matcher(Files.readString(file))
                        .results()
                        .map(MatchResult::group)
                        .filter(update ->
                                CHANGE.matcher(update.split("WHERE", 2)[0]).find())
                        .forEach(changes::add);
            }
        }

        // Then
        assertThat(changes).hasSizeGreaterThanOrEqualTo(5).allSatisfy(update -> assertThat(update)
                .matches("(?s).* state = :to\\b.*WHERE .*\\bstate IN \\(:from\\).*"));
    }
}
