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
 * Takes batches and carries them through until the queue stops. Runs on a thread of its own that inherits no request,
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
                // Nobody ends a worker so: its queue stops.
                LOG.debug("A worker was interrupted, which it does not heed");
            } finally {
                heartbeat.beat();
            }
        }
    }

    private List<Requeue<InFlightRecord>> carryThrough(List<InFlightRecord> deliveries) {
        try {
            return processor.process(deliveries);
        } catch (RuntimeException | Error e) {
            // A fault of Errand's own. All of it goes back: what was committed already is a duplicate then. Having
            // failed,
            // they go alone, so that what caused it stops nobody else.
            var failure = Failure.of(e, false, Instant.now());
            deliveries.forEach(delivery -> delivery.failed(failure));
            limited.log(
                    new Kind(
                            Worker.class,
                            Level.ERROR,
                            "batch",
                            "with the same fault, " + e.getClass().getName()),
                    () -> LOG.errorf(
                            e,
                            "A batch of %d records is tried again after a fault of Errand's own",
                            deliveries.size()));
            return deliveries.stream().collect(Collectors.groupingBy(InFlightRecord::user)).values().stream()
                    .map(line -> new Requeue<>(line, AFTER_FAULT))
                    .toList();
        }
    }
}
