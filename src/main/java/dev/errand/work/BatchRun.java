package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.failure.Conflict;
import dev.errand.failure.Failure;
import dev.errand.failure.Parked;
import dev.errand.work.Trouble.Remedy;
import dev.errand.work.WorkObserver.Again;
import dev.errand.work.WorkObserver.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Carries one batch through: as one unit of work where all goes well, otherwise in as many as it takes to find the guilty
 * actions and commit all others. What failed for good is kept in the database. Used by one thread, once.
 */
final class BatchRun {

    /** For what the database keeps from being done though it works for others: long enough to leave the workers to those. */
    static final Duration WHILE_BLOCKED = Duration.ofSeconds(5);

    /** Does the work of one unit; see {@link UnitOfWork}. */
    interface Unit {
        /**
         * @param actions each user's in order; of several with one key the first counts
         * @return what became of them
         * @throws Abandoned if one of them was
         * @throws Exception if nothing was committed, or that is unknown
         */
        Taken run(List<Prepared> actions) throws Exception;

        /**
         * Keeps failed actions in the database.
         *
         * @param stillWanted asked before anything is changed
         * @return those whose identity is another action's: they are kept as dead
         * @throws Abandoned if they are not wanted any more
         * @throws Exception if nothing was committed, or that is unknown
         */
        List<Conflict> park(List<Parked> failed, BooleanSupplier stillWanted) throws Exception;

        /** Whether the database can be worked with, so that what failed is an action's own trouble. */
        boolean databaseWorks();
    }

    private final Handlers handlers;
    private final FailureRules rules;
    private final Unit unit;
    private final Observed observed;
    private final BatchLog log;
    private final Pause pause;
    private final Clock clock;
    private final List<Delivery> deliveries;

    /** For each user with a failed action its position in the batch: it and those of theirs behind it wait. */
    private final Map<String, Integer> heldBack = new LinkedHashMap<>();

    /** For an action that goes alone and has not failed. */
    private Duration untilNextTurn = Duration.ZERO;

    /** Users whose action in {@link #heldBack} is not guilty of what keeps it from being done. */
    private final Set<String> blocked = new HashSet<>();

    /** Positions of what can't be read and holds up nobody. */
    private final List<Integer> aside = new ArrayList<>();

    /** @param deliveries each user's in order */
    BatchRun(
            List<Delivery> deliveries,
            Handlers handlers,
            FailureRules rules,
            Unit unit,
            Observed observed,
            BatchLog log,
            Pause pause,
            Clock clock) {
        this.deliveries = deliveries;
        this.handlers = handlers;
        this.rules = rules;
        this.unit = unit;
        this.observed = observed;
        this.log = log;
        this.pause = pause;
        this.clock = clock;
    }

    /**
     * Settles what can be settled: by its effects, or by keeping it as failed.
     *
     * @return for each user with an action that is to be tried again or to go alone, that action and those behind it; what is neither
     *     settled nor in here was given up because its partition went elsewhere or everything stops
     */
    List<Retry<Delivery>> run() {
        var prepared = prepare();
        try (var turns = turns(prepared)) {
            if (!turns.mustWait()) {
                work(prepared);
            }
        }
        return unsettled(parkWhatHasFailedForGood());
    }

    /** What goes alone takes its turns at handlers that limit how many are done at once, or waits for them. */
    private TurnsTaken turns(List<Prepared> prepared) {
        var turns = TurnsTaken.of(prepared.size() == 1 ? prepared.get(0).runs() : List.of());
        if (turns.mustWait()) {
            var delivery = prepared.get(0).delivery();
            delivery.goAlone();
            heldBack.put(delivery.user(), prepared.get(0).position());
            untilNextTurn = turns.untilNext();
        }
        return turns;
    }

    private List<Retry<Delivery>> unsettled(Set<Integer> parked) {
        Map<String, List<Delivery>> lines = new LinkedHashMap<>();
        for (int position = 0; position < deliveries.size(); position++) {
            var delivery = deliveries.get(position);
            var isHeldBack = position >= heldBack.getOrDefault(delivery.user(), Integer.MAX_VALUE);
            if ((isHeldBack || aside.contains(position)) && !parked.contains(position)) {
                lines.computeIfAbsent(delivery.user(), any -> new ArrayList<>()).add(delivery);
            }
        }
        return lines.values().stream()
                .map(line -> new Retry<>(line, waitBefore(line.get(0))))
                .toList();
    }

    /** What follows a failed action that is kept has no reason to wait: it is to line up behind it. */
    private Duration waitBefore(Delivery first) {
        if (blocked.contains(first.user())) {
            return WHILE_BLOCKED;
        }
        return first.failures().isEmpty()
                ? untilNextTurn
                : Backoff.after(first.failures().size());
    }

    private List<Prepared> prepare() {
        List<Prepared> prepared = new ArrayList<>(deliveries.size());
        for (int position = 0; position < deliveries.size(); position++) {
            var delivery = deliveries.get(position);
            if (heldBack.containsKey(delivery.user())) {
                continue;
            }
            if (!delivery.failures().isEmpty() && rules.isToBeParked(delivery)) {
                // It could not be kept so far: it does not run again for that.
                heldBack.put(delivery.user(), position);
                continue;
            }
            var decoded = delivery.decoded();
            if (decoded instanceof Decoded.Legible legible) {
                bind(position, legible.action(), prepared);
            } else if (decoded instanceof Decoded.Illegible illegible) {
                setAside(position, illegible.reason());
            }
        }
        return prepared;
    }

    private void bind(int position, Action<String> action, List<Prepared> prepared) {
        try {
            var runs = handlers.bind(action);
            var delivery = deliveries.get(position);
            if (deliveries.size() > 1
                    && runs.stream().anyMatch(run -> run.binding().alone())) {
                delivery.goAlone();
                heldBack.put(delivery.user(), position);
            } else {
                prepared.add(new Prepared(position, delivery, action, runs));
            }
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            fail(position, e);
        }
    }

    private void setAside(int position, String reason) {
        var delivery = deliveries.get(position);
        if (delivery.failures().stream().noneMatch(Failure::isUnreadable)) {
            log.unreadable(delivery.coordinates(), reason);
            delivery.failed(Failure.unreadable(reason, clock.instant()));
        }
        if (rules.unreadableBlocks() && !delivery.user().isEmpty()) {
            heldBack.put(delivery.user(), position);
        } else {
            aside.add(position);
        }
    }

    /** One unit of work, again after conflicts and outages, and smaller ones where an action is guilty. */
    private void work(List<Prepared> wanted) {
        var actions = stillWanted(wanted);
        var trouble = new Trouble(unit, observed, log, pause);
        int culprits = 0;
        while (!actions.isEmpty() && pause.pause(Duration.ZERO)) {
            try {
                var taken = unit.run(actions);
                actions.forEach(action -> action.delivery().settle());
                log.conflicting(taken.conflicting());
                return;
            } catch (Abandoned e) {
                log.abandoned(e);
            } catch (Exception | StackOverflowError | LinkageError | AssertionError | OutOfMemoryError e) {
                var remedy = trouble.remedy(e);
                if (remedy == Remedy.APART) {
                    var kept = blockedBy(e, actions);
                    if (kept.isEmpty()) {
                        halves(actions);
                        return;
                    }
                    kept.forEach(action -> postpone(action, e));
                } else if (remedy == Remedy.BLAME) {
                    if (actions.size() == 1) {
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
            }
            actions = stillWanted(actions);
            if (culprits >= 2 && actions.size() > 1) {
                // Many guilty ones: halves find them in fewer runs than one at a time would.
                halves(actions);
                return;
            }
        }
    }

    /** Those that can't be done for the same reason as far as that is known: all of a type have the same handlers. */
    private static List<Prepared> blockedBy(Throwable e, List<Prepared> actions) {
        if (actions.size() == 1) {
            return actions;
        }
        int position = e instanceof NoActionsFault own ? own.position() : -1;
        return actions.stream()
                .filter(action -> action.position() == position)
                .map(blocked -> blocked.action().type())
                .flatMap(type ->
                        actions.stream().filter(action -> action.action().type().equals(type)))
                .toList();
    }

    /** It goes back to the queue as it is, and its user's later actions with it. */
    private void postpone(Prepared action, Throwable why) {
        var delivery = action.delivery();
        delivery.goAlone();
        heldBack.merge(delivery.user(), action.position(), Math::min);
        blocked.add(delivery.user());
        log.postponed(delivery, why);
    }

    /** The first half before the second, so that each user's actions stay in order. */
    private void halves(List<Prepared> actions) {
        observed.tell(observer -> observer.again(Again.SPLIT));
        int middle = actions.size() / 2;
        work(actions.subList(0, middle));
        work(actions.subList(middle, actions.size()));
    }

    /** Leaves out what stands behind a failed action of its user, and what another process will get. */
    private List<Prepared> stillWanted(List<Prepared> actions) {
        return actions.stream()
                .filter(action -> !action.delivery().abandoned())
                .filter(action -> action.position()
                        < heldBack.getOrDefault(action.delivery().user(), Integer.MAX_VALUE))
                .toList();
    }

    private void fail(int position, Throwable cause) {
        var delivery = deliveries.get(position);
        delivery.failed(Verdicts.failure(cause, clock.instant()));
        heldBack.merge(delivery.user(), position, Math::min);
        if (delivery.decoded() instanceof Decoded.Legible legible) {
            observed.tell(observer -> observer.became(Outcome.FAILED, List.of(legible.action())));
        }
        log.failed(delivery, cause, rules.isToBeParked(delivery));
    }

    /**
     * After the work: what comes before a failed action of its user is settled by now, so that what is kept of the user is
     * in order.
     *
     * @return positions of what is in the database now
     */
    private Set<Integer> parkWhatHasFailedForGood() {
        List<Integer> failed = new ArrayList<>(aside);
        for (int position : heldBack.values()) {
            var delivery = deliveries.get(position);
            if (!delivery.failures().isEmpty() && rules.isToBeParked(delivery)) {
                failed.add(position);
            }
        }
        Set<Integer> parked = new HashSet<>();
        park(failed, parked);
        return parked;
    }

    private void park(List<Integer> wanted, Set<Integer> parked) {
        var positions = notAbandoned(wanted);
        var trouble = new Trouble(unit, observed, log, pause);
        while (!positions.isEmpty() && pause.pause(Duration.ZERO)) {
            var now = positions.stream().map(deliveries::get).toList();
            try {
                var conflicting = unit.park(now.stream().map(rules::parked).toList(), () -> now.stream()
                        .noneMatch(Delivery::abandoned));
                positions.forEach(position -> deliveries.get(position).settle());
                parked.addAll(positions);
                log.conflicting(conflicting);
                return;
            } catch (Abandoned e) {
                log.abandoned(e);
            } catch (Exception e) {
                if (trouble.remedy(e) != Remedy.AGAIN) {
                    if (positions.size() == 1) {
                        log.notKept(deliveries.get(positions.get(0)), e);
                        return;
                    }
                    int middle = positions.size() / 2;
                    park(positions.subList(0, middle), parked);
                    park(positions.subList(middle, positions.size()), parked);
                    return;
                }
            }
            positions = notAbandoned(positions);
        }
    }

    private List<Integer> notAbandoned(List<Integer> positions) {
        return positions.stream()
                .filter(position -> !deliveries.get(position).abandoned())
                .toList();
    }
}
