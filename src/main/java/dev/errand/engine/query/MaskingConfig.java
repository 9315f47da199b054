package dev.errand.engine.query;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** What the API and the console do not show. */
@ConfigMapping(prefix = "errand.masking")
public interface MaskingConfig {

    /** Action types whose payloads are masked, such as {@code order.placed}, {@code payment.*}, or {@code *} for all. */
    Optional<List<String>> types();
}
