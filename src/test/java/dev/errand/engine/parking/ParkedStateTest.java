package dev.errand.engine.parking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ParkedStateTest {

    private static final Pattern ARROW = Pattern.compile("(?m)^ {4}([A-Z]+) --> ([A-Z]+) :");

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
}
