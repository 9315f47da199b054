package dev.errand.engine.record;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Limits of an action's fields; the ledger's columns set the upper bounds. */
@ConfigMapping(prefix = "errand.limits")
public interface LimitsConfig {

    /** The longest id, in characters. */
    @WithDefault("64")
    @Min(1)
    @Max(64)
    int id();

    /** The longest user id, in characters. */
    @WithDefault("64")
    @Min(1)
    @Max(64)
    int userId();

    /** The longest source, in characters. */
    @WithDefault("128")
    @Min(0)
    @Max(128)
    int source();

    /** The longest type, in characters. */
    @WithDefault("100")
    @Min(1)
    @Max(100)
    int type();

    /** The largest payload, in bytes of JSON. */
    @WithDefault("64K")
    MemorySize payload();

    /** The largest record, in bytes of key, value and headers; a larger one is refused without being parsed. */
    @WithDefault("8M")
    MemorySize record();

    /** How deep the payload's JSON may be nested. MySQL's JSON functions allow 100 levels. */
    @WithDefault("32")
    @Min(1)
    @Max(99)
    int depth();
}
