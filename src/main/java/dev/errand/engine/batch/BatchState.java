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

/** A batch on its way through: which of its records are held back, and what comes next for those. For one thread. */
final class BatchState {

    /** For what the database keeps from being done though it works for others: long enough to leave the workers to those. */
    static final Duration WHILE_BLOCKED = Duration.ofSeconds(5);

    private final List<InFlightRecord> records;

    /** For each user with a record that is held back its position: it and those of theirs behind it wait. */
    private final Map<String, Integer> heldBack = new LinkedHashMap<>();

    /** Users whose record in {@link #heldBack} is not guilty of what keeps it from being done. */
    private final Set<String> blocked = new HashSet<>();

    /** Positions of unreadable records that block nobody. */
    private final List<Integer> nonBlocking = new ArrayList<>();

    private final Set<Integer> parked = new HashSet<>();

    /** For an action that runs alone and has not failed. */
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

    /** It and its user's later records wait. */
    void holdBack(int index) {
        heldBack.merge(records.get(index).user(), index, Math::min);
    }

    /** It and its user's later records wait, though it is not guilty of that. */
    void block(int index) {
        holdBack(index);
        blocked.add(records.get(index).user());
    }

    /** It waits until its handlers' limits permit it to run. */
    void holdBackUntilPermitted(int index, Duration untilPermit) {
        holdBack(index);
        this.untilPermit = untilPermit;
    }

    /** It is unreadable and blocks nobody. */
    void setAside(int index) {
        nonBlocking.add(index);
    }

    /** They are in the database. */
    void parked(List<Integer> indexes) {
        parked.addAll(indexes);
    }

    /** Without those behind a held back record of their user, and those that another process will get. */
    List<BoundAction> stillWanted(List<BoundAction> actions) {
        return actions.stream()
                .filter(action -> !action.delivery().abandoned())
                .filter(action ->
                        action.index() < heldBack.getOrDefault(action.delivery().user(), Integer.MAX_VALUE))
                .toList();
    }

    List<Integer> notAbandoned(List<Integer> indexes) {
        return indexes.stream().filter(index -> !records.get(index).abandoned()).toList();
    }

    /**
     * What can be parked: unreadable records, and the first held back one of each user that has used up its attempts in memory.
     *
     * @param isToBeParked whether a failed record has
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

    /** For each user with records that are held back and not parked: those, in order. */
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

    /** What follows a parked action of its user has no reason to wait: it is to be parked behind it. */
    private Duration waitBefore(InFlightRecord first) {
        if (blocked.contains(first.user())) {
            return WHILE_BLOCKED;
        }
        return first.failures().isEmpty()
                ? untilPermit
                : Backoff.after(first.failures().size());
    }
}
