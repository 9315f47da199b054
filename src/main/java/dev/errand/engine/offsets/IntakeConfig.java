package dev.errand.engine.offsets;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How many actions are kept in memory, and how offsets are committed. */
@ConfigMapping(prefix = "errand.intake")
public interface IntakeConfig {

    /** Whether this process consumes actions; if not, it serves only the API and the console. */
    @WithDefault("true")
    boolean enabled();

    /** How many actions may wait in memory before the Kafka consumer is paused. */
    @WithDefault("5000")
    @Min(1)
    int maxActions();

    /** How many bytes those actions may take before the Kafka consumer is paused. */
    @WithDefault("32M")
    MemorySize maxBytes();

    /** How many actions of one user may wait in memory before the Kafka consumer is paused. */
    @WithDefault("2000")
    @Min(1)
    int maxActionsOfUser();

    /** How often offsets are committed. After a crash, actions done since the last commit arrive again and are found to be duplicates. */
    @WithDefault("1s")
    Duration commitInterval();

    /** How long running units of work may take to end when partitions are revoked or Errand stops. */
    @WithDefault("10s")
    Duration drainTimeout();
}
