package dev.errand.engine.query;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** What people do not get to see. */
@ConfigMapping(prefix = "errand.masking")
public interface MaskingConfig {

    /** Action types whose payloads API and console mask: {@code order.placed}, {@code payment.*}, {@code *} for all. */
    Optional<List<String>> types();
}
