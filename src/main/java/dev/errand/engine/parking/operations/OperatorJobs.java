package dev.errand.engine.parking.operations;

import dev.errand.engine.liveness.PeriodicThread;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The thread that carries out operators' jobs step by step, also in a process that serves API and console only. See ADR 14.
 * Thread-safe.
 */
@Singleton
final class OperatorJobs {

    private static final Logger LOG = Logger.getLogger(OperatorJobs.class);

    /** How often each process looks for steps that are due. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private static final Duration LAST_STEP = Duration.ofSeconds(5);

    private final BulkRetrySteps bulkRetries;
    private final PeriodicThread thread = new PeriodicThread("errand-jobs", this::steps);
    private boolean inTrouble;

    @Inject
    OperatorJobs(BulkRetrySteps bulkRetries) {
        this.bulkRetries = bulkRetries;
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        thread.stop(LAST_STEP);
    }

    /** Takes all steps that are due. If it has taken any, it is called again at once, because more may be due by then. */
    private Duration steps() {
        var taken = false;
        try {
            for (var job : bulkRetries.due()) {
                taken |= !thread.isStopping() && step(job);
            }
            inTrouble = false;
        } catch (SQLException | RuntimeException e) {
            if (!inTrouble && !thread.isStopping()) {
                LOG.warnf(
                        "Bulk retries can't continue for now: %s", e.getClass().getSimpleName());
            }
            inTrouble = true;
            LOG.debug("The cause is", e);
            return LOOK_EVERY;
        }
        return taken ? Duration.ZERO : LOOK_EVERY;
    }

    /** A step that fails is rolled back and taken again later. */
    private boolean step(UUID job) throws SQLException {
        try {
            return bulkRetries.step(job);
        } catch (SQLException | RuntimeException e) {
            var problem = e.getClass().getSimpleName()
                    + (e instanceof SQLException of ? ", MySQL error " + of.getErrorCode() : "");
            LOG.warnf("A step of the bulk retry %s failed and is tried again: %s", job, problem);
            LOG.debug("The cause is", e);
            bulkRetries.postpone(job, problem);
            return false;
        }
    }
}
