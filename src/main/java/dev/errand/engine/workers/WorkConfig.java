package dev.errand.engine.workers;

import dev.errand.engine.ledger.Ledger;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How many units of work run at once, and how large they are. */
@ConfigMapping(prefix = "errand.work")
public interface WorkConfig {

    /** How many units of work run at once, each with a connection of the pool. */
    @WithDefault("4")
    @Min(1)
    int workers();

    /** How many actions a unit of work takes at most. */
    @WithDefault("500")
    @Min(1)
    @Max(Ledger.MAX_ROWS)
    int batchMax();

    /** How long a unit of work should take at most. With slow handlers it takes fewer actions. */
    @WithDefault("200ms")
    Duration targetDuration();
}
