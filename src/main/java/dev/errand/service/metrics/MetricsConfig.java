package dev.errand.service.metrics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** What is counted, and how often it is looked. */
@ConfigMapping(prefix = "errand.metrics")
interface MetricsConfig {

    /** How many action types without a handler of their own are told apart; more are counted as {@code other}. */
    @WithDefault("50")
    @Min(0)
    int types();

    /** How often the database and Kafka are asked for what is theirs to know. */
    @WithDefault("10s")
    Duration sampleInterval();

    /** How long a partition may bring nothing though there is more and it is asked for, before that is told. */
    @WithDefault("60s")
    Duration stalledAfter();
}
