package dev.errand.engine.record;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How publishers write the user id into the record's key: the values of {@code errand.key-format}.
 */
public enum KeyFormat {
    /** UTF-8 without control characters, as Kafka's StringSerializer and nearly all publishers write it. */
    TEXT(0) {
        @Override
        @Nullable
        String decoded(byte[] key) {
            var text = Utf8.textOrNull(key);
            return text == null || hasControl(text) ? null : text;
        }
    },

    /** A number as 8 bytes, as Kafka's LongSerializer writes it: the user id is the number in decimal. */
    INT64(Long.BYTES) {
        @Override
        String decoded(byte[] key) {
            return Long.toString(ByteBuffer.wrap(key).getLong());
        }
    },

    /** A UUID as 16 bytes, big-endian: the user id is its text in lower case. Not for Kafka's UUIDSerializer, which writes text. */
    UUID(2 * Long.BYTES) {
        @Override
        String decoded(byte[] key) {
            var buffer = ByteBuffer.wrap(key);
            return new UUID(buffer.getLong(), buffer.getLong()).toString();
        }
    };

    /** The length of a schema registry's prefix: a zero byte and four bytes of the schema's id. */
    private static final int REGISTRY_PREFIX = 5;

    /** How many bytes of a longer key a message shows at each end, to stay short. */
    private static final int SHOWN_AT_EACH_END = 2;

    private final int length;

    KeyFormat(int length) {
        this.length = length;
    }

    /** @return null if the key is not of this format */
    abstract @Nullable String decoded(byte[] key);

    /**
     * The user id in a record's key.
     *
     * @return null if the record has no key, or an empty one
     * @throws InvalidRecordException if the key is not of this format
     */
    public @Nullable String user(byte @Nullable [] key) throws InvalidRecordException {
        if (key == null || key.length == 0) {
            return null;
        }
        var text = length == 0 || key.length == length ? decoded(key) : null;
        if (text == null) {
            throw new InvalidRecordException(refusal(key));
        }
        return text;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private String refusal(byte[] key) {
        var size = "the key is " + key.length + (key.length == 1 ? " byte" : " bytes");
        if (this != TEXT) {
            return size + " (" + shown(key) + "), but errand.key-format=" + name().toLowerCase(Locale.ROOT)
                    + " requires " + length;
        }
        var what = size + " of binary (" + shown(key) + ")";
        if (key.length > REGISTRY_PREFIX && key[0] == 0 && key.length != Long.BYTES && key.length != 2 * Long.BYTES) {
            return what + " and starts with a schema registry's prefix, schema id "
                    + ByteBuffer.wrap(key, 1, Integer.BYTES).getInt() + ": publish the user id as text";
        }
        return what + ": publish the user id as text"
                + switch (key.length) {
                    case Long.BYTES -> ", or set errand.key-format=int64 if all keys are such numbers";
                    case 2 * Long.BYTES -> ", or set errand.key-format=uuid if all keys are such UUIDs";
                    default -> ", in UTF-8 and without control characters";
                };
    }

    private static String shown(byte[] key) {
        var hex = HexFormat.of();
        return key.length <= 2 * SHOWN_AT_EACH_END
                ? hex.formatHex(key)
                : hex.formatHex(key, 0, SHOWN_AT_EACH_END) + "…"
                        + hex.formatHex(key, key.length - SHOWN_AT_EACH_END, key.length);
    }
}
