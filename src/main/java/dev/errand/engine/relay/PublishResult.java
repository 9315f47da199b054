package dev.errand.engine.relay;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of some rows that were to be published. Those that are in neither list are still to be.
 *
 * @param published Kafka has them
 * @param refused no later attempt can publish them as they are; with the reason of each
 * @param trouble what keeps others from being published now, and is none of theirs; null without any
 */
record PublishResult(
        List<Long> published,
        Map<Long, String> refused,
        @Nullable Exception trouble) {

    static final PublishResult NOTHING = new PublishResult(List.of(), Map.of(), null);

    PublishResult {
        published = List.copyOf(published);
        refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
    }

    /** The same with what was refused before anything was sent. */
    PublishResult and(Map<Long, String> before) {
        var all = new LinkedHashMap<>(before);
        all.putAll(refused);
        return new PublishResult(published, all, trouble);
    }

    /** Whether nothing came of it. */
    boolean isIdle() {
        return published.isEmpty() && refused.isEmpty() && trouble == null;
    }
}
