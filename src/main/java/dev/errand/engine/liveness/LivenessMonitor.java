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
 * Watches the threads without which this process is of no use, and reports those that are stuck or have ended. Only a restart of the
 * process helps then. A thread that waits for an unavailable database or broker is not stuck. See ADR 9.
 *
 * <p>Thread-safe.
 */
@Singleton
public final class LivenessMonitor {

    private static final Logger LOG = Logger.getLogger(LivenessMonitor.class);

    /**
     * Added to the transaction timeout: getting a connection takes up to 8 s ({@code acquisition-timeout}), a rollback on a dead
     * connection up to 60 s ({@code socketTimeout}), and the rest is a reserve.
     */
    private static final Duration MARGIN = Duration.ofSeconds(90);

    private final LongSupplier nanoTime;
    private final Duration longestUnit;
    private final Set<ThreadHeartbeat> heartbeats = ConcurrentHashMap.newKeySet();
    private final Set<ThreadHeartbeat> reported = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    @Inject
    LivenessMonitor(TransactionTimeout timeout) {
        this(timeout.value().plus(MARGIN), System::nanoTime);
    }

    /** @param longestUnit the longest time that a unit of work can take unless it hangs */
    LivenessMonitor(Duration longestUnit, LongSupplier nanoTime) {
        this.longestUnit = longestUnit;
        this.nanoTime = nanoTime;
    }

    /** Returns the longest time that a unit of work can take: one that takes longer hangs. */
    public Duration longestUnit() {
        return longestUnit;
    }

    /**
     * Starts to watch a heartbeat, which must beat at least once in {@link #longestUnit} unless it rests, until {@link #forget}.
     *
     * @param name the beginning of the sentences that report problems, such as "The consumer of user-actions"
     */
    public ThreadHeartbeat begin(String name) {
        var heartbeat = new ThreadHeartbeat(name, longestUnit, nanoTime);
        heartbeats.add(heartbeat);
        return heartbeat;
    }

    /** Stops watching a heartbeat whose owner ends as intended. */
    public void forget(ThreadHeartbeat heartbeat) {
        heartbeats.remove(heartbeat);
    }

    /** Starts a thread that must run until {@link #stop}, and watches it. */
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

    /** From now on threads may end, and no problems are reported. */
    public void stop() {
        stopping = true;
    }

    /** Returns a sentence for each thread that is stuck or has ended; empty if all is well. Logs each of them once. */
    public List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        for (var heartbeat : heartbeats) {
            var trouble = stopping ? null : heartbeat.trouble();
            if (trouble == null) {
                reported.remove(heartbeat);
                continue;
            }
            troubles.add(trouble);
            if (reported.add(heartbeat)) {
                // The platform may kill the process because of this, and then only this log line explains why.
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
