package dev.errand.service.security;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of tallies; of the sixteen that were not asked for longest the one of least worth makes room. Not thread-safe.
 *
 * @param <K> whose tallies they are
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
