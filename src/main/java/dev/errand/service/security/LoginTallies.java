package dev.errand.service.security;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of tallies. When it is full, a new one evicts the one of least worth of the sixteen least recently
 * used. Not thread-safe.
 *
 * @param <K> what has a tally: a name at a network, or a network
 */
final class LoginTallies<K> {

    private static final int LOOKED_AT = 16;

    private final Map<K, LoginTally> byKey = new LinkedHashMap<>(16, 0.75f, true);
    private final int most;

    LoginTallies(int most) {
        this.most = most;
    }

    int size() {
        return byKey.size();
    }

    @Nullable
    LoginTally get(K key) {
        return byKey.get(key);
    }

    LoginTally getOrAdd(K key, long now) {
        var there = byKey.get(key);
        if (there != null) {
            return there;
        }
        if (byKey.size() >= most) {
            makeRoom(now);
        }
        var added = new LoginTally();
        byKey.put(key, added);
        return added;
    }

    private void makeRoom(long now) {
        var least = byKey.entrySet().stream()
                .limit(LOOKED_AT)
                .min((one, other) -> Integer.compare(
                        one.getValue().worth(now), other.getValue().worth(now)))
                .orElseThrow();
        byKey.remove(least.getKey());
    }
}
