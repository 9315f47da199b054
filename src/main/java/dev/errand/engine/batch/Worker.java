package dev.errand.engine.batch;

import dev.errand.engine.dispatch.Batch;
import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.dispatch.WorkQueue;
import dev.errand.engine.error.Failure;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.logging.RateLimitedLog.Kind;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.quarantine.Suspects;
import dev.errand.engine.record.InFlightRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * Takes batches from the queue and processes them until the queue stops. Runs on a thread of its own that inherits no request,
 * transaction or event-loop context.
 */
public final class Worker implements Runnable {

    private static final Logger LOG = Logger.getLogger(Worker.class);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private final WorkQueue<InFlightRecord> queue;
    private final BatchProcessor processor;
    private final Suspects suspects;
    private final SafeObserver observer;
    private final RateLimitedLog limited;
    private final ThreadHeartbeat heartbeat;
    private final BatchSize size;

    public Worker(
            WorkQueue<InFlightRecord> queue,
            BatchProcessor processor,
            Suspects suspects,
            SafeObserver observer,
            RateLimitedLog limited,
            ThreadHeartbeat heartbeat,
            BatchSize size) {
        this.queue = queue;
        this.processor = processor;
        this.suspects = suspects;
        this.observer = observer;
        this.limited = limited;
        this.heartbeat = heartbeat;
        this.size = size;
    }

    @Override
    public void run() {
        for (var batch = take(); !batch.items().isEmpty(); batch = take()) {
            var actions = batch.items().size();
            observer.tell(each -> each.onBatch(actions));
            var began = System.nanoTime();
            queue.done(batch, suspects.carryThrough(batch.items(), this::carryThrough));
            size.took(actions, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Batch<InFlightRecord> take() {
        while (true) {
            try {
                heartbeat.rest();
                return queue.take(size.next());
            } catch (InterruptedException e) {
                // Only the queue's stop ends a worker.
                LOG.debug("A worker was interrupted, which is ignored");
            } finally {
                heartbeat.beat();
            }
        }
    }

    private List<Requeue<InFlightRecord>> carryThrough(List<InFlightRecord> records) {
        try {
            return processor.process(records);
        } catch (RuntimeException | Error e) {
            // An internal error of Errand. The whole batch goes back; actions that were committed become duplicates.
            // Each action runs alone from now on, so that the one that causes the defect stops no others.
            var failure = Failure.of(e, false, Instant.now());
            records.forEach(record -> record.failed(failure));
            limited.log(
                    new Kind(
                            Worker.class,
                            Level.ERROR,
                            "batch",
                            "that failed because of an internal error of Errand, "
                                    + e.getClass().getName()),
                    () -> LOG.errorf(
                            e,
                            "A batch of %d records failed because of an internal error of Errand and is tried again",
                            records.size()));
            return records.stream().collect(Collectors.groupingBy(InFlightRecord::user)).values().stream()
                    .map(ofUser -> new Requeue<>(ofUser, AFTER_FAULT))
                    .toList();
        }
    }
}
