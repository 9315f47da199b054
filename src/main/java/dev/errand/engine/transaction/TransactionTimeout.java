package dev.errand.engine.transaction;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How long a transaction may take: {@code quarkus.transaction-manager.default-transaction-timeout}. Immutable and thread-safe. */
@Singleton
public final class TransactionTimeout {

    private final Duration value;

    /** @param value the timeout, more than zero */
    @Inject
    public TransactionTimeout(
            @ConfigProperty(name = "quarkus.transaction-manager.default-transaction-timeout", defaultValue = "60s")
                    Duration value) {
        this.value = value;
    }

    /** The timeout, more than zero. */
    public Duration value() {
        return value;
    }
}
