package dev.errand.engine.retry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** When failed actions are tried again. With the defaults the last attempt comes about two days after the first failure. */
@ConfigMapping(prefix = "errand.retry")
public interface RetryConfig {

    /** The most attempts in memory; as many failures of an action are kept until it is parked. */
    int MOST_IN_MEMORY = 20;

    /** How often an action is tried in memory, at intervals that double from 100 ms, before it is parked. */
    @WithDefault("3")
    @Min(1)
    @Max(MOST_IN_MEMORY)
    int attemptsInMemory();

    /** How many scheduled attempts are made before the action is dead. */
    @WithDefault("10")
    int attempts();

    /** The delay before the first scheduled attempt. */
    @WithDefault("10s")
    Duration firstDelay();

    /** The factor by which each delay is longer than the one before. */
    @WithDefault("2.8")
    double multiplier();

    /** The longest delay. */
    @WithDefault("2d")
    Duration maxDelay();

    /** The largest fraction by which a delay is lengthened or shortened at random. */
    @WithDefault("0.2")
    double jitter();

    /** Values for single action types, which override those for all. */
    Map<String, OfType> types();

    /** How many threads make scheduled attempts, each with a connection of the pool. */
    @WithDefault("2")
    @Min(1)
    int workers();

    /** How often each of these threads looks for a due action when it has found none. */
    @WithDefault("1s")
    Duration pollInterval();

    /** The values that an action type overrides. */
    interface OfType {
        OptionalInt attempts();

        Optional<Duration> firstDelay();

        OptionalDouble multiplier();

        Optional<Duration> maxDelay();

        OptionalDouble jitter();
    }
}
