package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Distinguishes records that have the same position because their topic was deleted and created again. Stateless and thread-safe. */
public final class RecordFingerprint {

    private RecordFingerprint() {}

    /** The SHA-256 digest of timestamp, key and value; 32 bytes. */
    public static byte[] of(RawRecord original) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var key = original.key();
            var value = original.value();
            digest.update(ByteBuffer.allocate(12)
                    .putLong(original.timestamp())
                    .putInt(key == null ? -1 : key.length)
                    .array());
            if (key != null) {
                digest.update(key);
            }
            if (value != null) {
                digest.update(value);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
