package dev.errand.engine.quarantine;

import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.Failure;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RecordMdc;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.RetryReason;
import dev.errand.engine.quarantine.UnfinishedRecords.Known;
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
 * Finds the action that kills its process. If a partition's last owner ended without giving it back, the records that it may have
 * had in memory are suspects. Each delivery of a suspect is marked in MySQL before the record runs, and the mark is removed when the
 * run ends, with success or failure. A suspect with an earlier delivery that did not end runs while nothing else in the process does.
 * After {@link Failure#MOST_UNENDED} such deliveries, it is parked as dead without being run again. See ADR 15.
 *
 * <p>Actions that are not suspects cost no SQL statement. Not thread-safe.
 */
public final class Suspects {

    private static final Logger LOG = Logger.getLogger(Suspects.class);

    /** The most suspects that run together: if one kills the process, the others with it have to run alone. */
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
     * Runs a batch, or the part of it that may run now.
     *
     * @param records the records of the batch, each user's in order
     * @param run runs records, and returns those to be retried
     * @return for each user with a record that has to be retried or to run alone, that record and those after it
     */
    public List<Requeue<InFlightRecord>> carryThrough(
            List<InFlightRecord> records, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run) {
        if (records.stream().noneMatch(InFlightRecord::suspect)) {
            var held = lock.shared(heartbeat);
            try (held) {
                return run.apply(records);
            }
        }
        try {
            var retries = carefully(records, run);
            inTrouble = false;
            return retries;
        } catch (MarksUnavailable e) {
            if (!inTrouble) {
                LOG.warnf(
                        "Actions wait because MySQL is not available: they may have killed the last owner of their partitions,"
                                + " and have to be marked in MySQL before they run (%s)",
                        ErrorClassifier.inShort(e));
            }
            inTrouble = true;
            LOG.debugf(e, "The database works: %s", databaseWorks.getAsBoolean());
            observed.tell(observer -> observer.onRetry(RetryReason.OUTAGE));
            return records.stream().collect(Collectors.groupingBy(InFlightRecord::user)).values().stream()
                    .map(ofUser -> new Requeue<>(ofUser, AFTER_TROUBLE))
                    .toList();
        }
    }

    /** Deliveries could not be marked, and nothing was run. */
    private static final class MarksUnavailable extends Exception {
        private static final long serialVersionUID = 1;

        MarksUnavailable(Exception cause) {
            super(cause);
        }
    }

    private List<Requeue<InFlightRecord>> carefully(
            List<InFlightRecord> records, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        Known ofTheOnlyOne;
        var held = lock.shared(heartbeat);
        try (held) {
            var now = records.subList(0, Math.min(MOST_AT_ONCE, records.size()));
            var known = find(now.stream().filter(InFlightRecord::suspect).toList());
            ofTheOnlyOne = records.size() == 1 ? known.get(records.get(0)) : null;
            if (ofTheOnlyOne == null || ofTheOnlyOne.unended() == 0) {
                return runWithoutKnownOnes(records, now.size(), known, run);
            }
            if (ofTheOnlyOne.unended() >= Failure.MOST_UNENDED) {
                return giveUp(records.get(0), ofTheOnlyOne, run);
            }
        }
        return runByItself(records.get(0), ofTheOnlyOne, run);
    }

    private Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws MarksUnavailable {
        try {
            return suspects.isEmpty() ? Map.of() : marks.find(suspects);
        } catch (Exception e) {
            throw new MarksUnavailable(e);
        }
    }

    private List<Requeue<InFlightRecord>> runWithoutKnownOnes(
            List<InFlightRecord> records,
            int atMost,
            Map<InFlightRecord, Known> known,
            Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        List<InFlightRecord> now = new ArrayList<>();
        Map<String, List<InFlightRecord>> later = new LinkedHashMap<>();
        for (int index = 0; index < records.size(); index++) {
            var record = records.get(index);
            var isKnown = known.getOrDefault(record, Known.NOTHING).unended() > 0;
            if (isKnown) {
                record.runAlone();
            }
            if (isKnown || index >= atMost || later.containsKey(record.user())) {
                later.computeIfAbsent(record.user(), any -> new ArrayList<>()).add(record);
            } else {
                now.add(record);
            }
        }
        return withThoseBehind(now.isEmpty() ? List.of() : runMarked(now, 0, run), later);
    }

    /** Adds the records that were not run, after those of the same user that have to be retried. */
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
        later.values().forEach(ofUser -> all.add(new Requeue<>(ofUser, Duration.ZERO)));
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
                            "The action at %s did not end in %d earlier %s: it now runs while nothing else does",
                            suspect.position(), known.unended(), known.unended() == 1 ? "delivery" : "deliveries"));
            return runMarked(List.of(suspect), known.unended(), run);
        }
    }

    private List<Requeue<InFlightRecord>> runMarked(
            List<InFlightRecord> records,
            int unended,
            Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run)
            throws MarksUnavailable {
        var suspects = records.stream()
                .filter(InFlightRecord::suspect)
                .filter(each -> !each.abandoned())
                .toList();
        var failuresBefore = new HashMap<InFlightRecord, Integer>();
        suspects.forEach(each -> failuresBefore.put(each, each.failures().size()));
        begin(suspects, unended);
        var retries = run.apply(records);
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
            LOG.debug("A record can't be decoded: this is repeated when it runs, and counts as a failure then", e);
            return false;
        }
    }

    /** Removes marks. A failure counts as an end; a suspect that was not run, or was given up, proves nothing. */
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
            // The marks have the id of this process, which does not count them, and are purged later.
            LOG.debug("The marks of deliveries that ended can't be removed", e);
        }
    }

    private List<Requeue<InFlightRecord>> giveUp(
            InFlightRecord guilty, Known known, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run) {
        var failure = Failure.unended("deliveries", clock.instant());
        if (!known.wasRead()) {
            // Decoding may be what kills the process, so the record is parked without being decoded.
            guilty.giveUpReading(failure.message());
        }
        if (guilty.failures().stream().noneMatch(each -> each.errorClass().equals(Failure.UNENDED))) {
            RecordMdc.at(
                    guilty.position(),
                    () -> LOG.errorf(
                            "The action at %s is parked as dead and does not run again: %s",
                            guilty.position(), failure.message()));
            guilty.failed(failure);
        }
        return run.apply(List.of(guilty));
    }
}
