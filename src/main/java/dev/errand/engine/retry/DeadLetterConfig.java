package dev.errand.engine.retry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** What happens to dead actions and to their users' later actions. */
@ConfigMapping(prefix = "errand.dead-letter")
public interface DeadLetterConfig {

    /** Whether a dead action blocks its user. */
    enum OnDead {
        /** The user's later actions wait until an operator deals with it. */
        BLOCK,
        /** The user's later actions are done without it. */
        SKIP
    }

    /** For all action types. */
    @WithDefault("block")
    OnDead onDead();

    /** Values for single action types, which override {@link #onDead}. */
    Map<String, OnDead> onDeadOf();

    /** For records that can't be read. Only the key of such a record says which user it belongs to. */
    @WithDefault("skip")
    OnDead unreadable();

    /** The Kafka topic that every dead action is also published to; none by default. */
    Optional<String> topic();
}
