package dev.errand.work;

import dev.errand.failure.Failure;
import dev.errand.logging.RateLimitedLog;
import dev.errand.logging.RateLimitedLog.Kind;
import java.time.Clock;
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
final class Worker implements Runnable {

    private static final Logger LOG = Logger.getLogger(Worker.class);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private final WorkQueue<Delivery> queue;
    private final Handlers handlers;
    private final FailureRules rules;
    private final BatchRun.Unit unit;
    private final Observed observed;
    private final RateLimitedLog limited;
    private final Pulse pulse;
    private final Pause pause;
    private final BatchSize size;
    private final Suspects suspects;
    private final Causes causes;

    Worker(
            WorkQueue<Delivery> queue,
            Handlers handlers,
            FailureRules rules,
            BatchRun.Unit unit,
            Observed observed,
            RateLimitedLog limited,
            Pulse pulse,
            Pause pause,
            BatchSize size,
            Suspects suspects,
            Causes causes) {
        this.rules = rules;
        this.queue = queue;
        this.handlers = handlers;
        this.unit = unit;
        this.observed = observed;
        this.limited = limited;
        this.pulse = pulse;
        this.pause = pause;
        this.size = size;
        this.suspects = suspects;
        this.causes = causes;
    }

    @Override
    public void run() {
        for (var batch = take(); !batch.items().isEmpty(); batch = take()) {
            var actions = batch.items().size();
            observed.tell(observer -> observer.taken(actions));
            var began = System.nanoTime();
            queue.done(batch, suspects.carryThrough(batch.items(), this::carryThrough));
            size.took(actions, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Batch<Delivery> take() {
        while (true) {
            try {
                pulse.rest();
                return queue.take(size.next());
            } catch (InterruptedException e) {
                // Nobody ends a worker so: its queue stops.
                LOG.debug("A worker was interrupted, which it does not heed");
            } finally {
                pulse.beat();
            }
        }
    }

    private List<Retry<Delivery>> carryThrough(List<Delivery> deliveries) {
        try {
            var log = new BatchLog(limited, causes);
            return new BatchRun(deliveries, handlers, rules, unit, observed, log, pause, Clock.systemUTC()).run();
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
            return deliveries.stream().collect(Collectors.groupingBy(Delivery::user)).values().stream()
                    .map(line -> new Retry<>(line, AFTER_FAULT))
                    .toList();
        }
    }
}
