package dev.errand.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewLengthsTest {

    @Test
    void shouldKeepAllRowsInTheirOrder() {
        for (int rows = 0; rows <= 1_000; rows++) {
            var all = rows(rows);

            assertThat(FewLengths.divide(all).stream().flatMap(List::stream).toList())
                    .isEqualTo(all);
        }
    }

    @Test
    void shouldHaveOneStatementForAFewRowsAndAHandfulForMany() {
        assertThat(lengths(1)).containsExactly(1);
        assertThat(lengths(16)).containsExactly(16);
        assertThat(lengths(17)).containsExactly(16, 1);
        assertThat(lengths(400)).containsExactly(384, 16);
        assertThat(lengths(495)).containsExactly(448, 40, 7);
        assertThat(IntStream.rangeClosed(1, 1_000).map(rows -> lengths(rows).size()))
                .allMatch(parts -> parts <= 3);
    }

    @Test
    void shouldHaveFewLengthsWhateverTheNumberOfRows() {
        var lengths = IntStream.rangeClosed(1, 1_000)
                .boxed()
                .flatMap(rows -> lengths(rows).stream())
                .collect(Collectors.toSet());

        assertThat(lengths).hasSize(39);
    }

    private static List<Integer> lengths(int rows) {
        return FewLengths.divide(rows(rows)).stream().map(List::size).toList();
    }

    private static List<Integer> rows(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
