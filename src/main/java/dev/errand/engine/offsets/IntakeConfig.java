package dev.errand.engine.offsets;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How much is taken in, and how offsets are committed. */
@ConfigMapping(prefix = "errand.intake")
public interface IntakeConfig {

    /** Whether this process takes actions at all; if not, it serves API and console only. */
    @WithDefault("true")
    boolean enabled();

    /** How many actions may wait in memory before Kafka's consumer is paused. */
    @WithDefault("5000")
    @Min(1)
    int maxActions();

    /** How many bytes they may take. */
    @WithDefault("32M")
    MemorySize maxBytes();

    /** How many actions of one user may wait in memory. */
    @WithDefault("2000")
    @Min(1)
    int maxActionsOfUser();

    /** How often offsets are committed: what was done since is found to be duplicates after a crash. */
    @WithDefault("1s")
    Duration commitInterval();

    /** How long running units of work may take to end when partitions go elsewhere or Errand stops. */
    @WithDefault("10s")
    Duration drainTimeout();
}
