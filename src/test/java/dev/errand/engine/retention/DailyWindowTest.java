package dev.errand.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DailyWindowTest {

    @ParameterizedTest
    @CsvSource({
        "01:00-05:00, 00:59:59, false",
        "01:00-05:00, 01:00, true",
        "01:00-05:00, 04:59:59, true",
        "01:00-05:00, 05:00, false",
        "22:30-04:00, 22:29:59, false",
        "22:30-04:00, 23:00, true",
        "22:30-04:00, 00:00, true",
        "22:30-04:00, 04:00, false",
        "00:00-00:00, 00:00, true",
        "00:00-00:00, 12:00, true",
        "06:00-06:00, 05:00, true",
    })
    void shouldTellWhetherATimeIsInItAlsoAcrossMidnight(String window, LocalTime time, boolean inIt) {
        assertThat(DailyWindow.parse(window).contains(time)).isEqualTo(inIt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "at night", "1-5", "01:00", "01:00-25:00", "01:00-02:00-03:00"})
    void shouldRefuseWhatIsNoPartOfADay(String text) {
        assertThatThrownBy(() -> DailyWindow.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a daily window such as 22:30-04:00");
    }
}
