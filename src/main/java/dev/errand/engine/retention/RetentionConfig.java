package dev.errand.engine.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Optional;

/** How long the ledger keeps actions, and how it deletes them. */
@ConfigMapping(prefix = "errand.ledger")
public interface RetentionConfig {

    /** How long an action is kept after it was processed; for ever if not set. */
    Optional<Duration> retention();

    /** The daily window in which old rows are deleted, in UTC; {@code 00:00-00:00} is the whole day. */
    @WithDefault("01:00-05:00")
    String retentionWindow();

    /** How many rows one transaction looks at. */
    @WithDefault("1000")
    @Min(1)
    @Max(10_000)
    int retentionBatch();

    /** The part of the window that deleting takes: after each transaction comes a pause in proportion to its duration. */
    @WithDefault("0.25")
    @Positive
    @DecimalMax("1")
    double retentionDutyCycle();
}
