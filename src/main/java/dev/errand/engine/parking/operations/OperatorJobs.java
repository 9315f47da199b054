package dev.errand.engine.parking.operations;

import dev.errand.engine.liveness.EngineThread;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes the steps of what operators have begun, also in a process for API and console only. See ADR 14.
 * Thread-safe.
 */
@Singleton
final class OperatorJobs {

    private static final Logger LOG = Logger.getLogger(OperatorJobs.class);

    /** How often a process looks whether a step is due that another one may take as well. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private static final Duration LAST_STEP = Duration.ofSeconds(5);

    private final BulkRetrySteps bulkRetries;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean inTrouble;

    @Inject
    OperatorJobs(BulkRetrySteps bulkRetries) {
        this.bulkRetries = bulkRetries;
    }

    void start(@Observes StartupEvent event) {
        thread = EngineThread.start("errand-jobs", this::run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        if (thread != null) {
            thread.join(LAST_STEP.toMillis());
        }
    }

    private void run() {
        try {
            while (!stopping.await(steps() ? 0 : LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.trace("Looking for what is due");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether any was taken: more may be due now */
    private boolean steps() {
        var taken = false;
        try {
            for (var job : bulkRetries.due()) {
                taken |= stopping.getCount() > 0 && step(job);
            }
            inTrouble = false;
        } catch (SQLException | RuntimeException e) {
            if (!inTrouble && stopping.getCount() > 0) {
                LOG.warnf("Bulk retries can't go on yet: %s", e.getClass().getSimpleName());
            }
            inTrouble = true;
            LOG.debug("Because", e);
            return false;
        }
        return taken;
    }

    /** Nothing is lost by a step that failed: it is taken again. */
    private boolean step(UUID job) throws SQLException {
        try {
            return bulkRetries.step(job);
        } catch (SQLException | RuntimeException e) {
            var problem = e.getClass().getSimpleName()
                    + (e instanceof SQLException of ? ", MySQL error " + of.getErrorCode() : "");
            LOG.warnf("A step of the bulk retry %s failed and is taken again: %s", job, problem);
            LOG.debug("Because", e);
            bulkRetries.postpone(job, problem);
            return false;
        }
    }
}
