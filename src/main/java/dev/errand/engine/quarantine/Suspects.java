package dev.errand.engine.quarantine;

import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.Failure;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RecordMdc;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.RetryReason;
import dev.errand.engine.quarantine.UnendedDeliveries.Known;
import dev.errand.engine.record.InFlightRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
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
public final class Suspects {

    private static final Logger LOG = Logger.getLogger(Suspects.class);

    /** Run at once, so that not many innocents stand beside the guilty one and have to run by themselves. */
    private static final int MOST_AT_ONCE = 32;

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final DeliveryMarks marks;
    private final RunLock lock;
    private final BooleanSupplier databaseWorks;
    private final SafeObserver observed;
    private final ThreadHeartbeat heartbeat;
    private final Sleeper pause;
    private final Clock clock;
    private boolean inTrouble;

    public Suspects(
            DeliveryMarks marks,
            RunLock lock,
            BooleanSupplier databaseWorks,
            SafeObserver observed,
            ThreadHeartbeat heartbeat,
            Sleeper pause,
            Clock clock) {
        this.marks = marks;
        this.lock = lock;
        this.databaseWorks = databaseWorks;
        this.observed = observed;
        this.heartbeat = heartbeat;
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
    public List<Requeue<InFlightRecord>> carryThrough(
            List<InFlightRecord> deliveries, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run) {
        if (deliveries.stream().noneMatch(InFlightRecord::suspect)) {
            var held = lock.shared(heartbeat);
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
                        ErrorClassifier.inShort(e));
            }
            inTrouble = true;
            LOG.debugf(e, "The database works: %s", databaseWorks.getAsBoolean());
            observed.tell(observer -> observer.onRetry(RetryReason.OUTAGE));
            return deliveries.stream().collect(Collectors.groupingBy(InFlightRecord::user)).values().stream()
                    .map(line -> new Requeue<>(line, AFTER_TROUBLE))
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

    private List<Requeue<InFlightRecord>> carefully(
            List<InFlightRecord> deliveries, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        Known ofTheOnlyOne;
        var held = lock.shared(heartbeat);
        try (held) {
            var now = deliveries.subList(0, Math.min(MOST_AT_ONCE, deliveries.size()));
            var known = find(now.stream().filter(InFlightRecord::suspect).toList());
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

    private Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws MarksUnavailable {
        try {
            return suspects.isEmpty() ? Map.of() : marks.find(suspects);
        } catch (Exception e) {
            throw new MarksUnavailable(e);
        }
    }

    private List<Requeue<InFlightRecord>> runWithoutKnownOnes(
            List<InFlightRecord> deliveries,
            int atMost,
            Map<InFlightRecord, Known> known,
            Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        List<InFlightRecord> now = new ArrayList<>();
        Map<String, List<InFlightRecord>> later = new LinkedHashMap<>();
        for (int index = 0; index < deliveries.size(); index++) {
            var delivery = deliveries.get(index);
            var isKnown = known.getOrDefault(delivery, Known.NOTHING).unended() > 0;
            if (isKnown) {
                delivery.runAlone();
            }
            if (isKnown || index >= atMost || later.containsKey(delivery.user())) {
                later.computeIfAbsent(delivery.user(), any -> new ArrayList<>()).add(delivery);
            } else {
                now.add(delivery);
            }
        }
        return withThoseBehind(now.isEmpty() ? List.of() : runMarked(now, 0, run), later);
    }

    /** What comes back of a user goes before what was not run of theirs. */
    private static List<Requeue<InFlightRecord>> withThoseBehind(
            List<Requeue<InFlightRecord>> retries, Map<String, List<InFlightRecord>> later) {
        List<Requeue<InFlightRecord>> all = new ArrayList<>();
        for (var retry : retries) {
            List<InFlightRecord> items = new ArrayList<>(retry.items());
            var behind = later.remove(retry.items().get(0).user());
            if (behind != null) {
                items.addAll(behind);
            }
            all.add(new Requeue<>(items, retry.after()));
        }
        later.values().forEach(line -> all.add(new Requeue<>(line, Duration.ZERO)));
        return all;
    }

    private List<Requeue<InFlightRecord>> runByItself(
            InFlightRecord suspect, Known known, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        suspect.runAlone();
        var held = lock.exclusive(heartbeat);
        try (held) {
            if (suspect.abandoned() || !pause.pause(Duration.ZERO)) {
                return List.of(new Requeue<>(List.of(suspect), Duration.ZERO));
            }
            RecordMdc.at(
                    suspect.position(),
                    () -> LOG.warnf(
                            "The action at %s was begun %d times and came to no end: nothing else runs while it does now",
                            suspect.position(), known.unended()));
            return runMarked(List.of(suspect), known.unended(), run);
        }
    }

    private List<Requeue<InFlightRecord>> runMarked(
            List<InFlightRecord> deliveries,
            int unended,
            Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        var suspects = deliveries.stream()
                .filter(InFlightRecord::suspect)
                .filter(each -> !each.abandoned())
                .toList();
        var failuresBefore = new HashMap<InFlightRecord, Integer>();
        suspects.forEach(each -> failuresBefore.put(each, each.failures().size()));
        begin(suspects, unended);
        var retries = run.apply(deliveries);
        end(suspects, failuresBefore, retries);
        return retries;
    }

    private void begin(List<InFlightRecord> suspects, int unended) throws MarksUnavailable {
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

    private static boolean isRead(InFlightRecord suspect) {
        try {
            suspect.decoded();
            return true;
        } catch (RuntimeException | Error e) {
            LOG.debug("It will be tried again when it runs, and is a failure then", e);
            return false;
        }
    }

    /** To fail is to come to an end. What was not begun after all, or given up, shows nothing. */
    private void end(
            List<InFlightRecord> suspects,
            Map<InFlightRecord, Integer> failuresBefore,
            List<Requeue<InFlightRecord>> retries) {
        var givenUp = !pause.pause(Duration.ZERO);
        var back = new HashSet<InFlightRecord>();
        retries.forEach(retry -> retry.items().forEach(each -> back.add(each)));
        List<InFlightRecord> ended = new ArrayList<>();
        List<InFlightRecord> notRun = new ArrayList<>();
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

    private void end(List<InFlightRecord> ended, List<InFlightRecord> notRun) {
        try {
            if (!ended.isEmpty() || !notRun.isEmpty()) {
                marks.end(ended, notRun);
            }
        } catch (Exception e) {
            // The rows say that they are this process's: it takes them for nothing, and purges them later.
            LOG.debug("What came to an end can't be taken out", e);
        }
    }

    private List<Requeue<InFlightRecord>> giveUp(
            InFlightRecord guilty, Known known, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run) {
        var failure = Failure.unended("deliveries", clock.instant());
        if (!known.wasRead()) {
            // It is not read to be kept either.
            guilty.giveUpReading(failure.message());
        }
        if (guilty.failures().stream().noneMatch(each -> each.errorClass().equals(Failure.UNENDED))) {
            RecordMdc.at(
                    guilty.position(),
                    () -> LOG.errorf(
                            "The action at %s is not run any more and is kept as dead: %s",
                            guilty.position(), failure.message()));
            guilty.failed(failure);
        }
        return run.apply(List.of(guilty));
    }
}
