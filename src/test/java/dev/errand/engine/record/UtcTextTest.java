package dev.errand.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTextTest {

    @Test
    void shouldReadAsTheJdkDoes() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            var text = "%04d-%02d-%02dT%02d:%02d:%02d%sZ"
                    .formatted(
                            random.nextInt(10_000),
                            random.nextInt(14),
                            random.nextInt(33),
                            random.nextInt(25),
                            random.nextInt(61),
                            random.nextInt(61),
                            random.nextBoolean() ? "" : "." + random.nextInt(1_000_000_000));
            assertThat(UtcText.isUtc(text)).as(text).isTrue();
            try {
                assertThat(UtcText.parse(text))
                        .as(text)
                        .isEqualTo(OffsetDateTime.parse(text).toLocalDateTime());
            } catch (DateTimeException e) {
                assertThatThrownBy(() -> OffsetDateTime.parse(text)).as(text).isInstanceOf(DateTimeException.class);
                assertThatThrownBy(() -> UtcText.parse(text)).as(text).isInstanceOf(DateTimeException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-11-22T05:00:00",
                "2026-11-22T05:00:00+01:00",
                "2026-11-22T05:00:00.Z",
                "2026-11-22T05:00:00.1234567890Z",
                "2026-11-22T05:00:00.12x4Z",
                "2026-11-22 05:00:00Z",
                "2026-11-22T05:00Z",
                "+02026-11-22T05:00:00Z",
                "٢٠٢٦-11-22T05:00:00Z"
            })
    void shouldLeaveOtherFormsToTheJdk(String text) {
        assertThat(UtcText.isUtc(text)).isFalse();
    }
}
