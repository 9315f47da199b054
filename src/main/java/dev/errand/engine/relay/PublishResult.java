package dev.errand.engine.relay;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt to publish rows. Rows that are neither published nor refused still wait.
 *
 * @param published the {@code seq} of each row that Kafka has acknowledged
 * @param refused the rows that no later attempt can publish as they are, by {@code seq} with the reason
 * @param trouble an error that is not caused by a row and prevents others from being published now; null if there is none
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

    /** This result with the rows that were refused before anything was sent. */
    PublishResult and(Map<Long, String> before) {
        var all = new LinkedHashMap<>(before);
        all.putAll(refused);
        return new PublishResult(published, all, trouble);
    }

    /** Whether nothing was published or refused, and nothing failed. */
    boolean isIdle() {
        return published.isEmpty() && refused.isEmpty() && trouble == null;
    }
}
