package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Carries one batch through: as one unit of work where all goes well, otherwise in as many as it takes to find the guilty
 * actions and commit all others. Used by one thread, once.
 */
final class BatchRun {

    private static final Logger LOG = Logger.getLogger(BatchRun.class);

    /** Conflicts in a row before a batch is taken apart, lest one action's conflict hold up the others for ever. */
    private static final int CONFLICTS = 5;

    /** Holds before it is asked whether the database is away at all. */
    private static final int HOLDS_ON_SUSPICION = 2;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(2);

    /** Does the work of one unit; see {@link UnitOfWork}. */
    interface Unit {
        /** @throws Exception if nothing was committed, or that is unknown */
        void run(List<Prepared> actions) throws Exception;

        /** Whether the database can be worked with, so that what failed is an action's own trouble. */
        boolean databaseWorks();
    }

    private final Handlers handlers;
    private final Unit unit;
    private final Pause pause;
    private final List<Delivery> deliveries;

    /** For each user with a failed action its position in the batch: it and those of theirs behind it wait. */
    private final Map<String, Integer> heldBack = new LinkedHashMap<>();

    /** @param deliveries each user's in order */
    BatchRun(List<Delivery> deliveries, Handlers handlers, Unit unit, Pause pause) {
        this.deliveries = deliveries;
        this.handlers = handlers;
        this.unit = unit;
        this.pause = pause;
    }

    /**
     * Settles what can be settled.
     *
     * @return for each user with a failed action, that action and those behind it; what is neither settled nor in here was
     *     given up because its partition went elsewhere or everything stops
     */
    List<Retry<Delivery>> run() {
        work(prepare());
        return heldBack.entrySet().stream()
                .map(entry -> line(entry.getKey(), entry.getValue()))
                .map(line -> new Retry<>(line, waitAfter(line.get(0).failures())))
                .toList();
    }

    private List<Delivery> line(String user, int from) {
        return deliveries.subList(from, deliveries.size()).stream()
                .filter(delivery -> delivery.user().equals(user))
                .toList();
    }

    private List<Prepared> prepare() {
        List<Prepared> prepared = new ArrayList<>(deliveries.size());
        for (int position = 0; position < deliveries.size(); position++) {
            var delivery = deliveries.get(position);
            if (heldBack.containsKey(delivery.user())) {
                continue;
            }
            var decoded = delivery.decoded();
            if (decoded instanceof Decoded.Legible legible) {
                bind(position, legible.action(), prepared);
            } else if (decoded instanceof Decoded.Illegible illegible) {
                LOG.warnf("Left out the record at %s: %s", delivery.coordinates(), illegible.reason());
                delivery.settle();
            }
        }
        return prepared;
    }

    private void bind(int position, Action<String> action, List<Prepared> prepared) {
        try {
            prepared.add(new Prepared(position, action, handlers.bind(action)));
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            fail(position, e);
        }
    }

    /** One unit of work, again after conflicts and outages, and smaller ones where an action is guilty. */
    private void work(List<Prepared> wanted) {
        var actions = stillWanted(wanted);
        int conflicts = 0;
        int holds = 0;
        int culprits = 0;
        while (!actions.isEmpty() && pause.pause(Duration.ZERO)) {
            try {
                unit.run(withoutRepeats(actions));
                actions.forEach(action -> delivery(action).settle());
                return;
            } catch (Exception e) {
                var verdict = Verdicts.of(e);
                if (verdict == Verdict.HOLD && mustHold(e, holds)) {
                    hold(e, ++holds);
                } else if (verdict == Verdict.CONFLICT && ++conflicts < CONFLICTS) {
                    pause.pause(waitAfter(conflicts));
                } else if (actions.size() == 1) {
                    fail(actions.get(0).position(), e);
                } else if (e instanceof HandlerFailed failed && !Verdicts.isOfPersistence(failed)) {
                    fail(failed.position(), failed);
                    culprits++;
                } else {
                    // A Session flushes when a query asks it to: whose handler ran then is not whose data is wrong.
                    halves(actions);
                    return;
                }
            }
            actions = stillWanted(actions);
            if (culprits >= 2 && actions.size() > 1) {
                // Many guilty ones: halves find them in fewer runs than one at a time would.
                halves(actions);
                return;
            }
        }
    }

    /** One handler's own trouble with a table, a lock or another database must not look like an outage for ever. */
    private boolean mustHold(Exception e, int holds) {
        return e instanceof DatabaseAway || holds < HOLDS_ON_SUSPICION || !unit.databaseWorks();
    }

    /** The first half before the second, so that each user's actions stay in order. */
    private void halves(List<Prepared> actions) {
        int middle = actions.size() / 2;
        work(actions.subList(0, middle));
        work(actions.subList(middle, actions.size()));
    }

    /** Leaves out what stands behind a failed action of its user, and what another process will get. */
    private List<Prepared> stillWanted(List<Prepared> actions) {
        return actions.stream()
                .filter(action -> !delivery(action).abandoned())
                .filter(action -> action.position()
                        < heldBack.getOrDefault(delivery(action).user(), Integer.MAX_VALUE))
                .toList();
    }

    /** A record sent twice: the second has no effects, and is settled with the first. */
    private static List<Prepared> withoutRepeats(List<Prepared> actions) {
        Set<ActionKey> seen = new HashSet<>();
        return actions.stream()
                .filter(action -> seen.add(action.action().key()))
                .toList();
    }

    private Delivery delivery(Prepared action) {
        return deliveries.get(action.position());
    }

    private void fail(int position, Throwable cause) {
        var delivery = deliveries.get(position);
        delivery.failed();
        heldBack.merge(delivery.user(), position, Math::min);
        LOG.warnf(
                cause,
                "The action at %s failed (failure %d); its user's later actions wait",
                delivery.coordinates(),
                delivery.failures());
    }

    private void hold(Exception e, int holds) {
        if (holds == HOLDS_ON_SUSPICION) {
            LOG.warnf(e, "The database can't be worked with: holding until it can");
        }
        var wait = waitAfter(holds);
        pause.pause(wait.compareTo(LONGEST_HOLD) < 0 ? wait : LONGEST_HOLD);
    }

    /** Doubles from 100 ms to a minute, less up to a half at random so that those who failed together do not meet again. */
    private static Duration waitAfter(int failures) {
        var millis = Math.min(LONGEST_WAIT.toMillis(), SHORTEST_WAIT.toMillis() << Math.min(failures - 1, 20));
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 2));
    }
}
