package dev.errand.service.metrics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Limits and intervals of the metrics. */
@ConfigMapping(prefix = "errand.metrics")
interface MetricsConfig {

    /**
     * How many action types without a handler get a tag value of their own; all others are counted as {@code other}.
     */
    @WithDefault("50")
    @Min(0)
    int types();

    /** How often the database and Kafka are sampled. */
    @WithDefault("10s")
    Duration sampleInterval();

    /**
     * How long a partition may deliver nothing, though Kafka has more records and Errand asks for them, before it is
     * reported as stalled.
     */
    @WithDefault("60s")
    Duration stalledAfter();
}
