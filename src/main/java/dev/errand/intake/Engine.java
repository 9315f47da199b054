package dev.errand.intake;

import dev.errand.dispatch.Dispatcher;
import dev.errand.work.Delivery;
import dev.errand.work.Workers;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Dispatcher and workers, wired, started and stopped. Thread-safe. */
@Singleton
final class Engine {

    private static final Logger LOG = Logger.getLogger(Engine.class);

    private final Dispatcher<Delivery> dispatcher;
    private final Workers workers;
    private final Duration drainTimeout;
    private final boolean enabled;

    @Inject
    Engine(IntakeConfig config, Workers workers) {
        var bound =
                new Dispatcher.Bound(config.maxActions(), config.maxBytes().asLongValue(), config.maxActionsOfUser());
        this.dispatcher = new Dispatcher<>(bound, DELIVERIES, System::nanoTime);
        this.workers = workers;
        this.drainTimeout = config.drainTimeout();
        this.enabled = config.enabled();
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            workers.start(dispatcher);
        } else {
            LOG.info("This process serves API and console only (errand.intake.enabled=false)");
        }
    }

    /** Lets running units of work end; what waits is left to the next owner of its partition. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        dispatcher.stop();
        workers.stopWaiting();
        if (!workers.awaitEnd(drainTimeout)) {
            LOG.warnf("Units of work still run after %s: their actions will be taken again", drainTimeout);
            letGo(any -> true, true);
        }
    }

    /** @return completed when there is room for the next one */
    CompletionStage<Void> admit(Delivery delivery) {
        return dispatcher.admit(delivery);
    }

    /** How full the dispatcher is. */
    Dispatcher.Load load() {
        return dispatcher.load();
    }

    /** Drops what waits of revoked partitions. */
    void dropAbandoned() {
        dispatcher.dropAbandoned();
    }

    /** Drops what waits of revoked partitions and waits until none of it runs, but not for ever. */
    void drainRevoked() {
        dispatcher.dropAbandoned();
        if (!dispatcher.awaitDone(Delivery::abandoned, drainTimeout)) {
            LOG.warnf(
                    "Units of work of revoked partitions still run after %s: the ledger keeps their effects single",
                    drainTimeout);
            letGo(Delivery::abandoned, false);
        }
    }

    /** What still runs may be what a process dies of, or merely slow: the next owners are to find out. */
    private void letGo(Predicate<Delivery> which, boolean attempts) {
        dispatcher.runningItems().stream().filter(which).forEach(Delivery::leaveUnended);
        workers.forgive(which, attempts);
    }

    private static final Dispatcher.Traits<Delivery> DELIVERIES = new Dispatcher.Traits<>() {
        @Override
        public String user(Delivery delivery) {
            return delivery.user();
        }

        @Override
        public int bytes(Delivery delivery) {
            return delivery.bytes();
        }

        @Override
        public boolean abandoned(Delivery delivery) {
            return delivery.abandoned();
        }

        @Override
        public boolean alone(Delivery delivery) {
            return delivery.alone();
        }
    };
}
