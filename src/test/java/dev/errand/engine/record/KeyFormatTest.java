package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFormatTest {

    @Test
    void shouldTakeTextsByteForByte() throws InvalidRecordException {
        for (var text : new String[] {"u-1", " u 1 ", "straße", "\ud83d\ude00", "\u200bu", "00000000"}) {
            assertThat(KeyFormat.TEXT.user(text.getBytes(UTF_8))).isEqualTo(text);
        }
        assertThat(KeyFormat.TEXT.user(null)).isNull();
        assertThat(KeyFormat.INT64.user(new byte[0])).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "000000000000002a | the key is 8 bytes of binary (0000…002a): publish the user id as text, or set errand.key-format=int64",
                "0000000061616161 | the key is 8 bytes of binary (0000…6161): publish the user id as text",
                "ffffffffffffffd6 | the key is 8 bytes of binary (ffff…ffd6): publish the user id as text",
                "0000002a | the key is 4 bytes of binary (0000002a): publish the user id as text",
                "00 | the key is 1 byte of binary (00): publish the user id as text",
                "752d310a | the key is 4 bytes of binary (752d310a): publish the user id as text",
                "c3 | the key is 1 byte of binary (c3): publish the user id as text",
                "c285 | the key is 2 bytes of binary (c285): publish the user id as text",
                "0000000007752d31 | the key is 8 bytes of binary",
                "0000000007752d3432 | starts with a schema registry's prefix, schema id 7: publish the user id as text",
                "0af7651916cd43dd8448eb211c80319c | errand.key-format=uuid",
            })
    void shouldRefuseWhatIsNoText(String hex, String reason) {
        assertThatThrownBy(() -> KeyFormat.TEXT.user(bytes(hex)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void shouldDecodeWhatItIsToldTheyAre() throws InvalidRecordException {
        try (var serializer = new LongSerializer()) {
            assertThat(KeyFormat.INT64.user(serializer.serialize("t", 42L))).isEqualTo("42");
            assertThat(KeyFormat.INT64.user(serializer.serialize("t", -42L))).isEqualTo("-42");
        }
        assertThat(KeyFormat.UUID.user(bytes("0af7651916cd43dd8448eb211c80319c")))
                .isEqualTo("0af76519-16cd-43dd-8448-eb211c80319c");
        assertThatThrownBy(() -> KeyFormat.INT64.user("u-42".getBytes(UTF_8)))
                .hasMessage("the key is 4 bytes (752d3432), but errand.key-format=int64 requires 8");
        assertThatThrownBy(() -> KeyFormat.UUID.user(bytes("000000000000002a")))
                .hasMessageContaining("but errand.key-format=uuid requires 16");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
