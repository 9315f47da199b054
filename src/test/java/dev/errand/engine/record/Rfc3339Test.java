package dev.errand.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Rfc3339Test {

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T05:00:00Z, 2026-11-22T05:00",
        "2026-11-22t05:00:00z, 2026-11-22T05:00",
        "2026-11-22T05:00:00.1Z, 2026-11-22T05:00:00.100",
        "2026-11-22T05:00:00.1234567890Z, 2026-11-22T05:00:00.123456",
        "2026-11-22T05:00:00.123456999999999999999999999999Z, 2026-11-22T05:00:00.123456",
        "2026-11-22T05:00:00.12345678901234567890+01:00, 2026-11-22T04:00:00.123456",
        "2026-11-22T05:00:00-00:00, 2026-11-22T05:00",
        "2026-11-22T05:00:00+23:59, 2026-11-21T05:01",
        "2026-11-22T05:00:00-23:59, 2026-11-23T04:59",
        "2026-11-22T05:00:00+19:30, 2026-11-21T09:30",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59.999999",
        "2016-12-31T23:59:60.5Z, 2016-12-31T23:59:59.999999",
        "1990-12-31T15:59:60-08:00, 1990-12-31T23:59:59.999999",
        "2017-01-01T08:59:60+09:00, 2016-12-31T23:59:59.999999",
        "2024-02-29T00:00:00Z, 2024-02-29T00:00",
    })
    void shouldTakeWhatTheStandardAllows(String text, LocalDateTime utc) {
        assertThat(Rfc3339.utc(text)).isEqualTo(utc);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-22 05:00:00Z | RFC 3339",
                "2026-11-22T05:00Z | with its seconds",
                "2026-11-22T05:00:00 | Z or an offset",
                "2026-11-22T05:00:00+0100 | offset with a colon",
                "2026-11-22T05:00:00+01 | offset with a colon",
                "2026-11-22T05:00:00.Z | RFC 3339",
                "2026-11-22T05:00:00+24:00 | offsets go from -23:59 to +23:59",
                "2026-11-22T05:00:00+01:60 | offsets go from -23:59 to +23:59",
                "2026-13-22T05:00:00Z | no such day",
                "2026-02-29T05:00:00Z | no such day",
                "2026-02-29T05:00:00+01:00 | no such day",
                "2026-11-22T24:00:00Z | from 00:00:00 to 23:59:59",
                "2026-11-22T05:00:61Z | from 00:00:00 to 23:59:59",
                "2026-11-22T05:00:60Z | leap second",
                "2026-12-31T23:59:60+01:00 | leap second",
                "1763787600 | RFC 3339",
            })
    void shouldSayWhatIsNotTaken(String text, String reason) {
        assertThatThrownBy(() -> Rfc3339.utc(text))
                .isInstanceOf(DateTimeException.class)
                .hasMessageStartingWith("not a time")
                .hasMessageContaining(reason);
    }
}
