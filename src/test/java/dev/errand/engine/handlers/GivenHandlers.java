package dev.errand.engine.handlers;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.handlers.sql.SqlHandlers;
import dev.errand.engine.transaction.TransactionTimeout;
import jakarta.validation.Validation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Registries for tests that need no container. */
public final class GivenHandlers {

    /** A registry without handlers. */
    public static final HandlerRegistry NONE;

    static {
        try (var factory = Validation.buildDefaultValidatorFactory()) {
            NONE = new HandlerRegistry(
                    List.of(),
                    new SqlHandlers(Optional.empty(), null, null),
                    new ObjectMapper(),
                    factory.getValidator(),
                    HandlerRegistry.UnknownTypes.RECORD,
                    new TransactionTimeout(Duration.ofMinutes(1)));
        }
    }

    private GivenHandlers() {}
}
