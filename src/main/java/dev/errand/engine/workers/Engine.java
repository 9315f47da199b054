package dev.errand.engine.workers;

import dev.errand.engine.dispatch.AdmissionLimits;
import dev.errand.engine.dispatch.Dispatcher;
import dev.errand.engine.dispatch.DispatcherLoad;
import dev.errand.engine.dispatch.ItemTraits;
import dev.errand.engine.offsets.IntakeConfig;
import dev.errand.engine.record.InFlightRecord;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Wires, starts and stops the dispatcher and the workers. Thread-safe. */
@Singleton
public final class Engine {

    private static final Logger LOG = Logger.getLogger(Engine.class);

    private final Dispatcher<InFlightRecord> dispatcher;
    private final Workers workers;
    private final Duration drainTimeout;
    private final boolean enabled;

    @Inject
    Engine(IntakeConfig config, Workers workers) {
        var bound =
                new AdmissionLimits(config.maxActions(), config.maxBytes().asLongValue(), config.maxActionsOfUser());
        this.dispatcher = new Dispatcher<>(bound, RECORDS, System::nanoTime);
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

    /** Lets running units of work end. Records that wait are left to the next owners of their partitions. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        dispatcher.stop();
        workers.stopWaiting();
        if (!workers.awaitEnd(drainTimeout)) {
            LOG.warnf("Units of work still run after %s: their actions will be delivered again", drainTimeout);
            letGo(any -> true, true);
        }
    }

    /** @return completed when the next record may be admitted */
    public CompletionStage<Void> admit(InFlightRecord record) {
        return dispatcher.admit(record);
    }

    /** Returns how full the dispatcher is. */
    public DispatcherLoad load() {
        return dispatcher.load();
    }

    /** Drops waiting records of revoked partitions. */
    public void dropAbandoned() {
        dispatcher.dropAbandoned();
    }

    /** Drops waiting records of revoked partitions, and waits up to the drain timeout until none of them runs. */
    public void drainRevoked() {
        dispatcher.dropAbandoned();
        if (!dispatcher.awaitDone(InFlightRecord::abandoned, drainTimeout)) {
            LOG.warnf(
                    "Units of work of revoked partitions still run after %s: the ledger keeps their effects from"
                            + " happening twice",
                    drainTimeout);
            letGo(InFlightRecord::abandoned, false);
        }
    }

    /** A record that still runs may be one that kills its process, or merely slow: the partition's next owner has to find out. */
    private void letGo(Predicate<InFlightRecord> which, boolean attempts) {
        dispatcher.runningItems().stream().filter(which).forEach(InFlightRecord::leaveUnended);
        workers.forgive(which, attempts);
    }

    private static final ItemTraits<InFlightRecord> RECORDS = new ItemTraits<>() {
        @Override
        public String user(InFlightRecord record) {
            return record.user();
        }

        @Override
        public int bytes(InFlightRecord record) {
            return record.bytes();
        }

        @Override
        public boolean abandoned(InFlightRecord record) {
            return record.abandoned();
        }

        @Override
        public boolean alone(InFlightRecord record) {
            return record.alone();
        }
    };
}
