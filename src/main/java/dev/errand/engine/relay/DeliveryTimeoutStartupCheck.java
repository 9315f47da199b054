package dev.errand.engine.relay;

import dev.errand.engine.transaction.TransactionTimeout;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Warns at start if a relay may wait longer for Kafka than its transaction may last. While Kafka is slow, each batch would be
 * published, rolled back in MySQL and published again without end.
 */
@Singleton
final class DeliveryTimeoutStartupCheck {

    private static final Logger LOG = Logger.getLogger(DeliveryTimeoutStartupCheck.class);

    private final Duration transactionTimeout;
    private final boolean publishes;

    @Inject
    DeliveryTimeoutStartupCheck(
            TransactionTimeout transactionTimeout,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean publishes) {
        this.transactionTimeout = transactionTimeout.value();
        this.publishes = publishes;
    }

    void check(@Observes StartupEvent event) {
        var longest = RecordSender.LONGEST;
        if (publishes && !fits(longest, transactionTimeout)) {
            LOG.warnf(
                    "quarkus.transaction-manager.default-transaction-timeout=%s is not longer than the %d s for which a relay"
                            + " waits for Kafka: while Kafka is slow, events and dead actions are published again and again."
                            + " Raise the timeout",
                    transactionTimeout, longest.toSeconds());
        }
    }

    static boolean fits(Duration delivery, Duration transaction) {
        return delivery.compareTo(transaction) < 0;
    }
}
