package dev.errand.engine.retry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** What becomes of dead actions and of those behind them. */
@ConfigMapping(prefix = "errand.dead-letter")
public interface DeadLetterConfig {

    /** Whether a dead action's user goes on without it. */
    enum OnDead {
        /** The user's later actions wait until an operator resolves it. */
        BLOCK,
        /** The user's later actions go on without it. */
        SKIP
    }

    /** For all action types. */
    @WithDefault("block")
    OnDead onDead();

    /** Other values for single action types. */
    Map<String, OnDead> onDeadOf();

    /** For records that can't be read. Only the key of such a record says which user it belongs to. */
    @WithDefault("skip")
    OnDead unreadable();

    /** The Kafka topic that every dead action is published to as well; none by default. */
    Optional<String> topic();
}
