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
import java.util.HashSet;
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
 * Takes actions that failed, and those that have to wait behind them, into {@code parked_action}. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 */
public final class ParkedActions {

    private ParkedActions() {}

    /**
     * Lines actions up behind their users' failed ones.
     *
     * @param connection in a transaction that has written them into the ledger as new and holds their users' {@link BlockedUsers}
     * @param waiting each user's in order
     */
    public static void queue(Connection connection, List<PublishedAction> waiting) throws SQLException {
        Ledger.markUnprocessed(
                connection, waiting.stream().map(each -> each.action().key()).toList());
        var rows = waiting.stream().map(each -> ParkedRow.waiting(each)).toList();
        var replaced = replace(connection, rows);
        ParkedRow.insert(connection, rows);
        if (replaced > 0) {
            // One of them may have been what a line waited for.
            for (var user : users(rows.stream().map(ParkedRow::user))) {
                BlockedUsers.lock(connection, user);
                UserQueue.advance(connection, user, Duration.ZERO);
            }
        }
    }

    /**
     * Keeps failed actions. Those that are kept already, or that the ledger has because another process took them, are left
     * out.
     *
     * @param connection in a transaction
     * @param parked at least one; at most one of a user that is blocking
     * @return those that are left out and are no repeats: {@link #keepConflicting} is for them
     */
    public static List<IdentityConflict> park(Connection connection, List<ParkedAction> parked) throws SQLException {
        var fresh = fresh(connection, parked);
        if (!fresh.isEmpty()) {
            keep(connection, fresh);
        }
        // After that: what they repeat may be among those that are kept just now.
        List<PublishedAction> repeats = new ArrayList<>();
        for (var each : parked) {
            var action = each.action();
            if (action != null && !fresh.contains(each)) {
                repeats.add(new PublishedAction(each.original(), action));
            }
        }
        return IdentityConflicts.among(connection, repeats);
    }

    /**
     * Keeps conflicting records as dead, each once, and holds up nobody for them. They have no id there, as theirs is another
     * action's: editing gives them one.
     *
     * @param connection in the transaction that has found them
     * @param publish whether they are to be published to the dead-letter topic
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

    /** Of several actions with one key the first; of records that can't be read those that are not kept already. */
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

    /** By which the unique index {@code record} knows it. */
    private static List<Object> record(RawRecord original, byte[] fingerprint) {
        var position = original.position();
        return List.of(position.topic(), position.partition(), position.offset(), fingerprint);
    }

    /**
     * Removes what is kept of the same records from before: when they could not be read yet, or the ledger had not forgotten
     * them yet.
     *
     * @return how many
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

    /** Marks them in the ledger as taken: without payloads, which may be what MySQL refuses. */
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
