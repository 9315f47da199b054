package dev.errand.engine.batch;

import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The state of a batch in process: which of its records are held back, and what happens to those. For one thread. */
final class BatchState {

    /** The delay for actions that the database blocks although it works for others: long enough to leave the workers to those. */
    static final Duration WHILE_POSTPONED = Duration.ofSeconds(5);

    private final List<InFlightRecord> records;

    /** The index of the first held back record of each user that has one: this record and the user's later ones wait. */
    private final Map<String, Integer> heldBack = new LinkedHashMap<>();

    /** Users whose record in {@link #heldBack} is not at fault. */
    private final Set<String> postponed = new HashSet<>();

    /** Indexes of unreadable records that block nobody. */
    private final List<Integer> nonBlocking = new ArrayList<>();

    private final Set<Integer> parked = new HashSet<>();

    /** How long an action that runs alone and has not failed waits for its handlers' concurrency limits. */
    private Duration untilPermit = Duration.ZERO;

    /** @param records each user's in order */
    BatchState(List<InFlightRecord> records) {
        this.records = records;
    }

    int size() {
        return records.size();
    }

    InFlightRecord record(int index) {
        return records.get(index);
    }

    boolean isHeldBack(String user) {
        return heldBack.containsKey(user);
    }

    /** Makes the record and its user's later records wait. */
    void holdBack(int index) {
        heldBack.merge(records.get(index).user(), index, Math::min);
    }

    /** Makes the record and its user's later records wait, although the record is not at fault. */
    void postpone(int index) {
        holdBack(index);
        postponed.add(records.get(index).user());
    }

    /** Makes the record wait until its handlers' concurrency limits permit it to run. */
    void holdBackUntilPermitted(int index, Duration untilPermit) {
        holdBack(index);
        this.untilPermit = untilPermit;
    }

    /** Notes an unreadable record that blocks nobody. */
    void setAside(int index) {
        nonBlocking.add(index);
    }

    /** Notes records that have been parked. */
    void parked(List<Integer> indexes) {
        parked.addAll(indexes);
    }

    /** Returns the actions without held back ones, those behind a held back record of their user, and abandoned ones. */
    List<BoundAction> stillWanted(List<BoundAction> actions) {
        return actions.stream()
                .filter(action -> !action.record().abandoned())
                .filter(action ->
                        action.index() < heldBack.getOrDefault(action.record().user(), Integer.MAX_VALUE))
                .toList();
    }

    List<Integer> notAbandoned(List<Integer> indexes) {
        return indexes.stream().filter(index -> !records.get(index).abandoned()).toList();
    }

    /**
     * Returns the indexes of the records to park: unreadable ones that block nobody, and each user's first held back one if it is to
     * be parked.
     *
     * @param isToBeParked whether a failed record has used up its attempts in memory
     */
    List<Integer> toBeParked(Predicate<InFlightRecord> isToBeParked) {
        List<Integer> indexes = new ArrayList<>(nonBlocking);
        for (int index : heldBack.values()) {
            var record = records.get(index);
            if (!record.failures().isEmpty() && isToBeParked.test(record)) {
                indexes.add(index);
            }
        }
        return indexes;
    }

    /** Returns, for each user, the records that are held back and not parked, in order. */
    List<Requeue<InFlightRecord>> requeues() {
        Map<String, List<InFlightRecord>> byUser = new LinkedHashMap<>();
        for (int index = 0; index < records.size(); index++) {
            var record = records.get(index);
            var isHeldBack = index >= heldBack.getOrDefault(record.user(), Integer.MAX_VALUE);
            if ((isHeldBack || nonBlocking.contains(index)) && !parked.contains(index)) {
                byUser.computeIfAbsent(record.user(), any -> new ArrayList<>()).add(record);
            }
        }
        return byUser.values().stream()
                .map(items -> new Requeue<>(items, waitBefore(items.get(0))))
                .toList();
    }

    /** Returns the delay before a user's records run again; zero behind a parked action, because they are to be parked behind it. */
    private Duration waitBefore(InFlightRecord first) {
        if (postponed.contains(first.user())) {
            return WHILE_POSTPONED;
        }
        return first.failures().isEmpty()
                ? untilPermit
                : Backoff.after(first.failures().size());
    }
}
