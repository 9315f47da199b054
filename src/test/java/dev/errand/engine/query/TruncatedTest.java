package dev.errand.engine.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TruncatedTest {

    @ParameterizedTest
    @CsvSource({"abc,3,abc", "abcd,3,abc", "äöü,4,äö", "äöü,5,äö", "a😀b,4,a", "a😀b,5,a😀", "a😀b,6,a😀b", "abc,0,''"})
    void shouldCutTextsBetweenCharacters(String text, int bytes, String expected) {
        assertThat(Truncated.text(text, bytes)).isEqualTo(expected);
        assertThat(Truncated.text(text, bytes).getBytes(UTF_8).length).isLessThanOrEqualTo(bytes);
    }

    @Test
    void shouldKeepNothingAsNothing() {
        assertThat(Truncated.text(null, 3)).isNull();
        assertThat(Truncated.utf8(null, true)).isNull();
    }

    @Test
    void shouldReadTheBeginningOfATextThatEndsWithinACharacter() {
        var bytes = "aé😀".getBytes(UTF_8);

        assertThat(Truncated.utf8(bytes, true)).isEqualTo("aé😀");
        assertThat(Truncated.utf8(Arrays.copyOf(bytes, 5), false)).isEqualTo("aé");
        assertThat(Truncated.utf8(Arrays.copyOf(bytes, 5), true)).isNull();
    }

    @Test
    void shouldNotTakeBytesForText() {
        assertThat(Truncated.utf8(new byte[] {'a', (byte) 0xff}, true)).isNull();
        assertThat(Truncated.utf8(new byte[] {'a', (byte) 0xff}, false)).isNull();
    }
}
