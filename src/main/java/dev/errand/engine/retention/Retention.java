package dev.errand.engine.retention;

import dev.errand.engine.liveness.PeriodicThread;
import dev.errand.engine.retry.FailurePolicy;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** A thread that deletes old rows in the daily window, if a retention is configured. See ADR 11. Thread-safe. */
@Singleton
final class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);

    /** How often a process checks whether a step is due; any process may take it. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private static final Duration LAST_STEP = Duration.ofSeconds(5);

    /** Kafka's default retention of a topic. */
    private static final Duration KAFKAS_DEFAULT = Duration.ofDays(7);

    private final List<Purge> sweeps = new ArrayList<>();
    private final DailyWindow window;
    private final PurgeSteps steps;
    private final Clock clock = Clock.systemUTC();
    private final PeriodicThread thread = new PeriodicThread("errand-retention", this::step);
    private boolean inTrouble;

    /** @throws IllegalStateException if an action could be deleted while it is still retried; says what to change */
    @Inject
    Retention(
            RetentionConfig config,
            @ConfigProperty(name = "errand.failed-actions.retention") Optional<Duration> ofFailedActions,
            FailurePolicy policy,
            PurgeSteps steps) {
        this.window = window(config.retentionWindow());
        this.steps = steps;
        config.retention().ifPresent(age -> add(Purge.Kind.LEDGER, longEnough(age, policy.longestRetries()), config));
        ofFailedActions.ifPresent(age -> add(Purge.Kind.FAILED_ACTIONS, age, config));
    }

    private void add(Purge.Kind kind, Duration age, RetentionConfig config) {
        sweeps.add(new Purge(kind, age, config.retentionBatch(), config.retentionDutyCycle()));
    }

    private static DailyWindow window(String text) {
        try {
            return DailyWindow.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("errand.ledger.retention-window: " + e.getMessage(), e);
        }
    }

    /** @param retries how long after its failure an action may still be retried */
    static Duration longEnough(Duration age, Duration retries) {
        if (age.compareTo(retries) < 0) {
            throw new IllegalStateException(
                    "errand.ledger.retention=" + age + " is less than failed actions are retried for, " + retries
                            + " (errand.retry.*): their duplicates would be processed as new actions. Raise the retention"
                            + " or lower errand.retry.*");
        }
        if (age.compareTo(KAFKAS_DEFAULT.plus(retries)) < 0) {
            LOG.warnf(
                    "errand.ledger.retention=%s: Kafka keeps records for %s unless a topic is configured otherwise. Actions that"
                            + " are read again from Kafka after the ledger has deleted them are processed again",
                    age, KAFKAS_DEFAULT);
        }
        return age;
    }

    /** Starts the thread also if this process serves only the API and the console: it may be the only one that runs. */
    void start(@Observes StartupEvent event) {
        if (!sweeps.isEmpty()) {
            thread.start();
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        thread.stop(LAST_STEP);
    }

    /** @return the time until the next step */
    private Duration step() {
        return window.contains(LocalTime.now(clock)) ? purge() : LOOK_EVERY;
    }

    private Duration purge() {
        var wait = LOOK_EVERY;
        try {
            for (var purge : sweeps) {
                var next = steps.next(purge).orElse(LOOK_EVERY);
                wait = next.compareTo(wait) < 0 ? next : wait;
            }
            inTrouble = false;
        } catch (SQLException | RuntimeException e) {
            // A step that failed is taken again.
            if (!inTrouble) {
                LOG.warnf("Old rows can't be deleted yet: %s", e);
            }
            inTrouble = true;
            LOG.debug("Old rows can't be deleted yet", e);
        }
        return wait;
    }
}
