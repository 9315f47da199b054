package dev.errand.engine.ledger;

import dev.errand.action.ActionKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** The column {@code action_key}, the ledger's unique index: 120 bits of SHA-256 of source and id. Stateless and thread-safe. */
public final class LedgerKey {

    /** 20 characters in Base64, which fit into the 64 bytes of a duplicate key that MySQL prints. */
    private static final int DIGEST_BYTES = 15;

    private LedgerKey() {}

    /** The key in Base64; 20 characters. */
    public static String of(ActionKey key) {
        var source = key.source();
        var text = source.codePointCount(0, source.length()) + ":" + source + key.id();
        return Base64.getEncoder()
                .encodeToString(Arrays.copyOf(sha256().digest(text.getBytes(StandardCharsets.UTF_8)), DIGEST_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
