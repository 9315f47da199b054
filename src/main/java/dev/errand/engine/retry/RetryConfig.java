package dev.errand.engine.retry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** When failed actions are tried again. With the defaults the last attempt comes about two days after the first failure. */
@ConfigMapping(prefix = "errand.retry")
public interface RetryConfig {

    /** How often an action is tried at once, from 100 ms apart, before it is kept as failed. */
    @WithDefault("3")
    @Min(1)
    int attemptsInMemory();

    /** How many scheduled attempts are made before it is dead. */
    @WithDefault("10")
    int attempts();

    /** The delay of the first of them. */
    @WithDefault("10s")
    Duration firstDelay();

    /** How much longer each delay is than the one before. */
    @WithDefault("2.8")
    double multiplier();

    /** The longest delay. */
    @WithDefault("2d")
    Duration maxDelay();

    /** Up to what part of itself a delay is lengthened or shortened at random. */
    @WithDefault("0.2")
    double jitter();

    /** Other values for single action types. */
    Map<String, OfType> types();

    /** How many threads make scheduled attempts, each with a connection of the pool. */
    @WithDefault("2")
    @Min(1)
    int workers();

    /** How often they look for what is due. */
    @WithDefault("1s")
    Duration pollInterval();

    /** What an action type has of its own; the rest as for all. */
    interface OfType {
        OptionalInt attempts();

        Optional<Duration> firstDelay();

        OptionalDouble multiplier();

        Optional<Duration> maxDelay();

        OptionalDouble jitter();
    }
}
