package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.engine.ledger.Ledger;
import dev.errand.engine.query.Sql;
import dev.errand.engine.record.RecordFingerprint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes actions that failed, and actions that have to wait behind them, into {@code parked_action}. Stateless and thread-safe; it
 * takes part in the caller's transaction.
 */
public final class ParkedActions {

    private ParkedActions() {}

    /**
     * Parks actions as {@link ParkedState#WAITING}, behind their users' earlier parked actions.
     *
     * @param connection in a transaction that has written the actions into the ledger as new and has locked their users' rows by
     *     {@link BlockedUsers#of}
     * @param waiting the actions, each user's in order
     */
    public static void queue(Connection connection, List<PublishedAction> waiting) throws SQLException {
        Ledger.markUnprocessed(
                connection, waiting.stream().map(each -> each.action().key()).toList());
        var rows = waiting.stream().map(each -> ParkedRow.waiting(each)).toList();
        var replaced = replace(connection, rows);
        ParkedRow.insert(connection, rows);
        if (replaced > 0) {
            // A replaced row may have been the one that the user's other actions wait for.
            for (var user : users(rows.stream().map(ParkedRow::user))) {
                BlockedUsers.lock(connection, user);
                UserQueue.advance(connection, user, Duration.ZERO);
            }
        }
    }

    /**
     * Parks failed actions. Leaves out actions that are parked already, and actions that the ledger has because another process took
     * them.
     *
     * @param connection in a transaction
     * @param parked at least one; at most one blocking action of each user
     * @return the actions that were left out but are no repeats, for {@link #keepConflicting}
     */
    public static List<IdentityConflict> park(Connection connection, List<ParkedAction> parked) throws SQLException {
        var fresh = fresh(connection, parked);
        if (!fresh.isEmpty()) {
            keep(connection, fresh);
        }
        Set<ParkedAction> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.addAll(fresh);
        // Only now, because the action that one of them repeats may have been parked just above.
        List<PublishedAction> repeats = new ArrayList<>();
        for (var each : parked) {
            var action = each.action();
            if (action != null && !kept.contains(each)) {
                repeats.add(new PublishedAction(each.original(), action));
            }
        }
        return IdentityConflicts.among(connection, repeats);
    }

    /**
     * Parks conflicting records as dead, each once; they block nobody. Their rows have no source and no id, because theirs belong to
     * another action; an operator gives them others by correcting them.
     *
     * @param connection in the transaction that has found the conflicts
     * @param publish whether to publish them to the dead-letter topic
     */
    public static void keepConflicting(Connection connection, List<IdentityConflict> conflicts, boolean publish)
            throws SQLException {
        if (!conflicts.isEmpty()) {
            var at = Instant.now();
            ParkedRow.insertMissing(
                    connection,
                    conflicts.stream()
                            .map(each -> ParkedRow.of(each, at, publish))
                            .toList());
        }
    }

    private static void keep(Connection connection, List<ParkedAction> fresh) throws SQLException {
        var blocked = users(fresh.stream().filter(ParkedAction::blocking).map(ParkedAction::user));
        BlockedUsers.open(connection, blocked);
        Set<String> waiting = new HashSet<>();
        for (var user : blocked) {
            if (UserQueue.head(connection, user) != null) {
                waiting.add(user);
            }
        }
        var rows = fresh.stream().map(each -> ParkedRow.of(each, waiting)).toList();
        replace(connection, rows);
        ParkedRow.insert(connection, rows);
        for (var user : waiting) {
            UserQueue.advance(connection, user, Duration.ZERO);
        }
    }

    private static SortedSet<String> users(Stream<@Nullable String> users) {
        return users.filter(Objects::nonNull).map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the first of several actions with one key, and the unreadable records that are not parked already. */
    private static List<ParkedAction> fresh(Connection connection, List<ParkedAction> parked) throws SQLException {
        var taken = takenBefore(connection, parked);
        Set<ActionKey> seen = new HashSet<>(taken);
        List<ParkedAction> fresh = new ArrayList<>(parked.size());
        for (var each : parked) {
            var action = each.action();
            if (action == null ? !isKept(connection, each.original()) : seen.add(action.key())) {
                fresh.add(each);
            }
        }
        return fresh;
    }

    private static boolean isKept(Connection connection, RawRecord original) throws SQLException {
        return Sql.of(connection, """
                SELECT 1 FROM parked_action
                WHERE topic = :topic AND `partition` = :partition AND `offset` = :offset AND fingerprint = :fingerprint
                FOR UPDATE""")
                .bind("topic", original.position().topic())
                .bind("partition", original.position().partition())
                .bind("offset", original.position().offset())
                .bind("fingerprint", RecordFingerprint.of(original))
                .exists();
    }

    /** Returns the columns of the unique index {@code record}. */
    private static List<Object> record(RawRecord original, byte[] fingerprint) {
        var position = original.position();
        return List.of(position.topic(), position.partition(), position.offset(), fingerprint);
    }

    /**
     * Deletes rows of the same records that were parked before: as unreadable ones, or before retention deleted them from the ledger.
     *
     * @return how many rows were deleted
     */
    private static int replace(Connection connection, List<ParkedRow> rows) throws SQLException {
        var readable = rows.stream().filter(row -> row.action() != null).toList();
        if (readable.isEmpty()) {
            return 0;
        }
        return Sql.of(
                        connection,
                        "DELETE FROM parked_action WHERE (topic, `partition`, `offset`, fingerprint) IN (:records)")
                .bind(
                        "records",
                        readable.stream()
                                .map(row -> record(row.original(), row.fingerprint()))
                                .toList())
                .update();
    }

    /**
     * Writes the actions into the ledger as unprocessed, with {@code null} as their payloads, since a payload may be what MySQL
     * refuses.
     *
     * @return the keys that the ledger had before
     */
    private static Set<ActionKey> takenBefore(Connection connection, List<ParkedAction> parked) throws SQLException {
        Map<ActionKey, Action<String>> actions = new LinkedHashMap<>();
        for (var each : parked) {
            if (each.action() != null) {
                actions.putIfAbsent(each.action().key(), each.action().withPayload("null"));
            }
        }
        if (actions.isEmpty()) {
            return Set.of();
        }
        var taken = Ledger.record(connection, List.copyOf(actions.values()));
        actions.keySet().removeAll(taken);
        Ledger.markUnprocessed(connection, actions.keySet());
        return taken;
    }
}
