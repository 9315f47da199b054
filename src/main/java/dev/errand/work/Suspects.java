package dev.errand.work;

import dev.errand.failure.Failure;
import dev.errand.failure.UnendedDeliveries.Known;
import dev.errand.work.WorkObserver.Again;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Finds the action that kills its process. Where a partition's last owner ended without giving it back, each delivery is written
 * down before it runs and taken out when it came to an end of any kind. One that was begun before and came to no end runs while
 * nothing else does, and is kept as dead, without being run again, after {@link Failure#MOST_UNENDED} of them. See ADR 15.
 *
 * <p>What is not under suspicion passes without a statement. For one thread.
 */
final class Suspects {

    private static final Logger LOG = Logger.getLogger(Suspects.class);

    /** Run at once, so that not many innocents stand beside the guilty one and have to run by themselves. */
    private static final int MOST_AT_ONCE = 32;

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    /** Deliveries that are written down while they are under way; see {@link SuspectMarks}. */
    interface Marks {
        /** @return what is known of each */
        Map<Delivery, Known> find(Collection<Delivery> suspects) throws Exception;

        /**
         * From now on they are under way.
         *
         * @param unendedBefore how often they came to no end before
         */
        void begin(Collection<Delivery> suspects, int unendedBefore) throws Exception;

        /** What it says has been read. */
        void wasRead(Delivery suspect) throws Exception;

        /**
         * @param ended what came to an end of any kind
         * @param notRun what was begun and then neither run nor decided on
         */
        void end(Collection<Delivery> ended, Collection<Delivery> notRun) throws Exception;
    }

    private final Marks marks;
    private final RunLock lock;
    private final BatchRun.Unit unit;
    private final Observed observed;
    private final Pulse pulse;
    private final Pause pause;
    private final Clock clock;
    private boolean inTrouble;

    Suspects(Marks marks, RunLock lock, BatchRun.Unit unit, Observed observed, Pulse pulse, Pause pause, Clock clock) {
        this.marks = marks;
        this.lock = lock;
        this.unit = unit;
        this.observed = observed;
        this.pulse = pulse;
        this.pause = pause;
        this.clock = clock;
    }

    /**
     * Has a batch carried through, or the part of it that may run now.
     *
     * @param deliveries each user's in order
     * @param run carries deliveries through, and returns what is to be tried again
     * @return for each user with an action that is to be tried again or to run by itself, that action and those behind it
     */
    List<Retry<Delivery>> carryThrough(List<Delivery> deliveries, Function<List<Delivery>, List<Retry<Delivery>>> run) {
        if (deliveries.stream().noneMatch(Delivery::suspect)) {
            var held = lock.shared(pulse);
            try (held) {
                return run.apply(deliveries);
            }
        }
        try {
            var retries = carefully(deliveries, run);
            inTrouble = false;
            return retries;
        } catch (MarksUnavailable e) {
            if (!inTrouble) {
                LOG.warnf(
                        "Deliveries can't be written down in MySQL before they run, which has to be while it is open what the last"
                                + " owner of their partitions died of: they wait (%s)",
                        Verdicts.inShort(e));
            }
            inTrouble = true;
            LOG.debugf(e, "The database works: %s", unit.databaseWorks());
            observed.tell(observer -> observer.again(Again.OUTAGE));
            return deliveries.stream().collect(Collectors.groupingBy(Delivery::user)).values().stream()
                    .map(line -> new Retry<>(line, AFTER_TROUBLE))
                    .toList();
        }
    }

    /** Nothing was run. */
    private static final class MarksUnavailable extends Exception {
        private static final long serialVersionUID = 1;

        MarksUnavailable(Exception cause) {
            super(cause);
        }
    }

    private List<Retry<Delivery>> carefully(
            List<Delivery> deliveries, Function<List<Delivery>, List<Retry<Delivery>>> run) throws MarksUnavailable {
        Known ofTheOnlyOne;
        var held = lock.shared(pulse);
        try (held) {
            var now = deliveries.subList(0, Math.min(MOST_AT_ONCE, deliveries.size()));
            var known = find(now.stream().filter(Delivery::suspect).toList());
            ofTheOnlyOne = deliveries.size() == 1 ? known.get(deliveries.get(0)) : null;
            if (ofTheOnlyOne == null || ofTheOnlyOne.unended() == 0) {
                return runWithoutKnownOnes(deliveries, now.size(), known, run);
            }
            if (ofTheOnlyOne.unended() >= Failure.MOST_UNENDED) {
                return giveUp(deliveries.get(0), ofTheOnlyOne, run);
            }
        }
        return runByItself(deliveries.get(0), ofTheOnlyOne, run);
    }

    private Map<Delivery, Known> find(Collection<Delivery> suspects) throws MarksUnavailable {
        try {
            return suspects.isEmpty() ? Map.of() : marks.find(suspects);
        } catch (Exception e) {
            throw new MarksUnavailable(e);
        }
    }

    private List<Retry<Delivery>> runWithoutKnownOnes(
            List<Delivery> deliveries,
            int atMost,
            Map<Delivery, Known> known,
            Function<List<Delivery>, List<Retry<Delivery>>> run)
            throws MarksUnavailable {
        List<Delivery> now = new ArrayList<>();
        Map<String, List<Delivery>> later = new LinkedHashMap<>();
        for (int position = 0; position < deliveries.size(); position++) {
            var delivery = deliveries.get(position);
            var isKnown = known.getOrDefault(delivery, Known.NOTHING).unended() > 0;
            if (isKnown) {
                delivery.goAlone();
            }
            if (isKnown || position >= atMost || later.containsKey(delivery.user())) {
                later.computeIfAbsent(delivery.user(), any -> new ArrayList<>()).add(delivery);
            } else {
                now.add(delivery);
            }
        }
        return withThoseBehind(now.isEmpty() ? List.of() : runMarked(now, 0, run), later);
    }

    /** What comes back of a user goes before what was not run of theirs. */
    private static List<Retry<Delivery>> withThoseBehind(
            List<Retry<Delivery>> retries, Map<String, List<Delivery>> later) {
        List<Retry<Delivery>> all = new ArrayList<>();
        for (var retry : retries) {
            List<Delivery> items = new ArrayList<>(retry.items());
            var behind = later.remove(retry.items().get(0).user());
            if (behind != null) {
                items.addAll(behind);
            }
            all.add(new Retry<>(items, retry.after()));
        }
        later.values().forEach(line -> all.add(new Retry<>(line, Duration.ZERO)));
        return all;
    }

    private List<Retry<Delivery>> runByItself(
            Delivery suspect, Known known, Function<List<Delivery>, List<Retry<Delivery>>> run)
            throws MarksUnavailable {
        suspect.goAlone();
        var held = lock.exclusive(pulse);
        try (held) {
            if (suspect.abandoned() || !pause.pause(Duration.ZERO)) {
                return List.of(new Retry<>(List.of(suspect), Duration.ZERO));
            }
            LogPlace.at(
                    suspect.coordinates(),
                    () -> LOG.warnf(
                            "The action at %s was begun %d times and came to no end: nothing else runs while it does now",
                            suspect.coordinates(), known.unended()));
            return runMarked(List.of(suspect), known.unended(), run);
        }
    }

    private List<Retry<Delivery>> runMarked(
            List<Delivery> deliveries, int unended, Function<List<Delivery>, List<Retry<Delivery>>> run)
            throws MarksUnavailable {
        var suspects = deliveries.stream()
                .filter(Delivery::suspect)
                .filter(each -> !each.abandoned())
                .toList();
        var failuresBefore = new HashMap<Delivery, Integer>();
        suspects.forEach(each -> failuresBefore.put(each, each.failures().size()));
        begin(suspects, unended);
        var retries = run.apply(deliveries);
        end(suspects, failuresBefore, retries);
        return retries;
    }

    private void begin(List<Delivery> suspects, int unended) throws MarksUnavailable {
        try {
            if (!suspects.isEmpty()) {
                marks.begin(suspects, unended);
            }
            if (unended > 0 && suspects.size() == 1 && isRead(suspects.get(0))) {
                marks.wasRead(suspects.get(0));
            }
        } catch (Exception e) {
            end(List.of(), suspects);
            throw new MarksUnavailable(e);
        }
    }

    private static boolean isRead(Delivery suspect) {
        try {
            suspect.decoded();
            return true;
        } catch (RuntimeException | Error e) {
            LOG.debug("It will be tried again when it runs, and is a failure then", e);
            return false;
        }
    }

    /** To fail is to come to an end. What was not begun after all, or given up, shows nothing. */
    private void end(List<Delivery> suspects, Map<Delivery, Integer> failuresBefore, List<Retry<Delivery>> retries) {
        var givenUp = !pause.pause(Duration.ZERO);
        var back = new HashSet<Delivery>();
        retries.forEach(retry -> retry.items().forEach(each -> back.add(each)));
        List<Delivery> ended = new ArrayList<>();
        List<Delivery> notRun = new ArrayList<>();
        for (var each : suspects) {
            var failed = each.failures().size() > failuresBefore.getOrDefault(each, 0);
            if (failed || !(givenUp || each.abandoned() || back.contains(each))) {
                ended.add(each);
            } else {
                notRun.add(each);
            }
        }
        end(ended, notRun);
    }

    private void end(List<Delivery> ended, List<Delivery> notRun) {
        try {
            if (!ended.isEmpty() || !notRun.isEmpty()) {
                marks.end(ended, notRun);
            }
        } catch (Exception e) {
            // The rows say that they are this process's: it takes them for nothing, and purges them later.
            LOG.debug("What came to an end can't be taken out", e);
        }
    }

    private List<Retry<Delivery>> giveUp(
            Delivery guilty, Known known, Function<List<Delivery>, List<Retry<Delivery>>> run) {
        var failure = Failure.unended("deliveries", clock.instant());
        if (!known.wasRead()) {
            // It is not read to be kept either.
            guilty.giveUpReading(failure.message());
        }
        if (guilty.failures().stream().noneMatch(each -> each.errorClass().equals(Failure.UNENDED))) {
            LogPlace.at(
                    guilty.coordinates(),
                    () -> LOG.errorf(
                            "The action at %s is not run any more and is kept as dead: %s",
                            guilty.coordinates(), failure.message()));
            guilty.failed(failure);
        }
        return run.apply(List.of(guilty));
    }
}
