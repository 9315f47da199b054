package dev.errand.service.status;

import dev.errand.engine.intake.EngineStatus;
import dev.errand.engine.intake.PauseGate;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.liveness.PeriodicThread;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.offsets.InstanceId;
import dev.errand.service.status.StatusView.PartitionState;
import dev.errand.service.status.StatusView.ProcessNumbers;
import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Writes this process's state to the database every two seconds, and applies the pause flag that it reads there. */
@Singleton
final class InstanceHeartbeat {

    private static final Logger LOG = Logger.getLogger(InstanceHeartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int BEATS_BETWEEN_CLEANING = 300;

    private final InstanceRegistry instances;
    private final EngineStatus engine;
    private final PauseGate pauseGate;
    private final AgroalDataSource dataSource;
    private final OutcomeCounts outcomes;
    private final LivenessMonitor liveness;
    private final ThreadHeartbeat heartbeat;
    private final int connections;
    private final Clock clock = Clock.systemUTC();

    private final UUID process;
    private final Instant startedAt = clock.instant();
    private final String host = host();
    private final PeriodicThread thread = new PeriodicThread("errand-heartbeat", this::beat);

    /** This and the next two fields are used by the heartbeat's thread only. */
    private int beats;

    private Map<String, Long> counted = new HashMap<>();

    private Instant countedAt = startedAt;

    @Inject
    InstanceHeartbeat(
            InstanceRegistry instances,
            EngineStatus engine,
            PauseGate pauseGate,
            AgroalDataSource dataSource,
            OutcomeCounts outcomes,
            LivenessMonitor liveness,
            InstanceId identity,
            @ConfigProperty(name = "quarkus.datasource.jdbc.max-size") int connections) {
        this.instances = instances;
        this.engine = engine;
        this.pauseGate = pauseGate;
        this.dataSource = dataSource;
        this.outcomes = outcomes;
        this.liveness = liveness;
        // A process that learns neither of a pause nor of its end has to be restarted.
        this.heartbeat = liveness.begin("The heartbeat");
        this.process = identity.id();
        this.connections = connections;
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        liveness.forget(heartbeat);
        thread.stop(INTERVAL);
        try {
            instances.leave(process);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("This process could not sign off: the others will see that it is gone", e);
        }
    }

    private Duration beat() {
        heartbeat.beat();
        say(beats++ % BEATS_BETWEEN_CLEANING == 0);
        heartbeat.beat();
        return INTERVAL;
    }

    private void say(boolean cleaning) {
        try {
            var now = clock.instant();
            var counts = outcomes.sinceStart();
            var newCounts = new HashMap<String, Long>();
            counts.forEach((outcome, count) -> newCounts.put(outcome, count - counted.getOrDefault(outcome, 0L)));
            pauseGate.set(instances.say(
                    process, host, startedAt, numbers(now, newCounts.getOrDefault("done", 0L)), newCounts));
            // Only after the write: counts that could not be written are part of the next write.
            counted = counts;
            countedAt = now;
            if (cleaning) {
                instances.forget();
            }
        } catch (SQLException | RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            // The database is down: the engine holds by itself, and the pause gate stays as it is.
            LOG.debug("The state of this process could not be written", e);
        }
    }

    private ProcessNumbers numbers(Instant now, long done) {
        var load = engine.load();
        var seconds = Math.max(0.001, Duration.between(countedAt, now).toMillis() / 1000.0);
        return new ProcessNumbers(
                pauseGate.isThere(),
                pauseGate.isPaused(),
                done / seconds,
                engine.workers(),
                engine.busyWorkers(),
                load.actions(),
                load.users(),
                load.suspendedUsers(),
                load.bytes(),
                connections,
                (int) dataSource.getMetrics().activeCount(),
                engine.oldestUnfinished().map(InstanceHeartbeat::seconds).orElse(0.0),
                engine.partitions().stream()
                        .map(each -> new PartitionState(
                                each.topic(),
                                each.partition(),
                                each.next(),
                                each.unfinished(),
                                each.oldestAge() == null ? 0 : seconds(each.oldestAge())))
                        .toList());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
