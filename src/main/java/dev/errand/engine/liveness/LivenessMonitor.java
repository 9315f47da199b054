package dev.errand.engine.liveness;

import dev.errand.engine.transaction.TransactionTimeout;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The parts without which this process is of no use, and whether they get on. What is in trouble here is not corrected by
 * waiting, only by a new process. A database or a broker that is away is no such trouble: to hold is to get on.
 *
 * <p>Thread-safe.
 */
@Singleton
public final class LivenessMonitor {

    private static final Logger LOG = Logger.getLogger(LivenessMonitor.class);

    /** Beyond a transaction's time: getting a connection (8 s), a rollback that finds its connection dead (60 s), and some. */
    private static final Duration MARGIN = Duration.ofSeconds(90);

    private final LongSupplier nanoTime;
    private final Duration longestUnit;
    private final Set<ThreadHeartbeat> pulses = ConcurrentHashMap.newKeySet();
    private final Set<ThreadHeartbeat> told = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    @Inject
    LivenessMonitor(TransactionTimeout timeout) {
        this(timeout.value().plus(MARGIN), System::nanoTime);
    }

    /** @param longestUnit how long a unit of work can take when all goes by its rules */
    LivenessMonitor(Duration longestUnit, LongSupplier nanoTime) {
        this.longestUnit = longestUnit;
        this.nanoTime = nanoTime;
    }

    /** How long a unit of work can take when all goes by its rules: what takes longer hangs. */
    public Duration longestUnit() {
        return longestUnit;
    }

    /** A part that beats from now on, as often as every unit of work does. Not watched any more after {@link #forget}. */
    public ThreadHeartbeat begin(String name) {
        var heartbeat = new ThreadHeartbeat(name, longestUnit, nanoTime);
        pulses.add(heartbeat);
        return heartbeat;
    }

    /** Its part ends as it should. */
    public void forget(ThreadHeartbeat heartbeat) {
        pulses.remove(heartbeat);
    }

    /** Starts a thread that has to run until {@link #stop}. */
    public Thread start(String name, Consumer<ThreadHeartbeat> run) {
        var heartbeat = begin(name);
        return EngineThread.start(name, () -> {
            try {
                heartbeat.beat();
                run.accept(heartbeat);
            } finally {
                if (!stopping) {
                    heartbeat.end();
                }
            }
        });
    }

    /** From now on parts may end. */
    public void stop() {
        stopping = true;
    }

    /** What does not get on, and what it is at; empty when all is well. */
    public List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        for (var heartbeat : pulses) {
            var trouble = stopping ? null : heartbeat.trouble();
            if (trouble == null) {
                told.remove(heartbeat);
                continue;
            }
            troubles.add(trouble);
            if (told.add(heartbeat)) {
                // The process may be ended for it: this is all that will be known of why.
                LOG.errorf(
                        "%s, at%n%s",
                        trouble,
                        Arrays.stream(heartbeat.place())
                                .map(frame -> "\tat " + frame)
                                .collect(Collectors.joining(System.lineSeparator())));
            }
        }
        return troubles;
    }
}
