package dev.errand.engine.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Optional;

/** How long the ledger remembers, and how it forgets. */
@ConfigMapping(prefix = "errand.ledger")
public interface RetentionConfig {

    /** How long after it was processed an action is remembered; for ever where nothing is said. */
    Optional<Duration> retention();

    /** When old rows are deleted, in UTC; {@code 00:00-00:00} is always. */
    @WithDefault("01:00-05:00")
    String retentionWindow();

    /** How many rows a transaction looks at. */
    @WithDefault("1000")
    @Min(1)
    @Max(10_000)
    int retentionBatch();

    /** The part of that time which deleting takes: after each transaction comes a pause, the longer the longer it took. */
    @WithDefault("0.25")
    @Positive
    @DecimalMax("1")
    double retentionDutyCycle();
}
