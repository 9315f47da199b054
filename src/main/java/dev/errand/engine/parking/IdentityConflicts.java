package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.engine.ledger.LedgerKey;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes repeats of an action from other actions with the same identity. It compares what was published: the row in
 * {@code parked_action} has that for an action that was parked, even if it was edited, and the ledger has it for all others.
 * Stateless and thread-safe.
 */
public final class IdentityConflicts {

    /**
     * The join finds the parked action, if there is one, by the unique index {@code record}. A conflicting record at the same
     * position has no id and does not match.
     */
    private static final String FIRST = """
            SELECT a.action_key, a.user_id, a.type, a.occurred_at, a.topic, a.`partition`, a.`offset`,
                   COALESCE(f.payload, IF(a.processed_at IS NULL OR a.edited, NULL, a.payload)) AS published
            FROM user_action a
              LEFT JOIN parked_action f
                ON f.topic = a.topic AND f.`partition` = a.`partition` AND f.`offset` = a.`offset`
                  AND f.source = a.source AND f.id = a.id
            WHERE a.action_key IN (:keys)""";

    /** With more keys than this the rows are fetched one by one, since their payloads together may be too large for memory. */
    private static final int FEW = 50;

    private IdentityConflicts() {}

    /**
     * Returns the conflicts among actions whose keys the ledger has, by one query.
     *
     * @param connection in a transaction that has found the keys of all of them in the ledger
     * @param repeats possible repeats, in any order
     */
    public static List<IdentityConflict> among(Connection connection, List<PublishedAction> repeats)
            throws SQLException {
        if (repeats.isEmpty()) {
            return List.of();
        }
        Map<String, List<Comparison>> byKey = new HashMap<>();
        List<Comparison> comparisons = new ArrayList<>(repeats.size());
        for (var repeat : repeats) {
            var comparison = new Comparison(repeat);
            comparisons.add(comparison);
            byKey.computeIfAbsent(LedgerKey.of(repeat.action().key()), any -> new ArrayList<>(1))
                    .add(comparison);
        }
        compare(connection, byKey);
        return comparisons.stream().flatMap(each -> each.conflict().stream()).toList();
    }

    private static void compare(Connection connection, Map<String, List<Comparison>> byKey) throws SQLException {
        var select = Sql.of(connection, FIRST).bind("keys", byKey.keySet());
        if (byKey.size() > FEW) {
            select.oneByOne();
        }
        select.each(row -> {
            var first = First.of(row);
            byKey.getOrDefault(row.getString("action_key"), List.of()).forEach(comparison -> comparison.with(first));
        });
    }

    /**
     * What was published first.
     *
     * @param payload null if it is no longer known, because the action was edited or never done and its parked row has been deleted
     */
    private record First(
            String user,
            String type,
            LocalDateTime occurredAt,
            RecordPosition position,
            @Nullable String payload) {

        static First of(ResultSet row) throws SQLException {
            return new First(
                    row.getString("user_id"),
                    row.getString("type"),
                    row.getObject("occurred_at", LocalDateTime.class),
                    new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset")),
                    row.getString("published"));
        }

        List<String> differences(Action<String> action) {
            List<String> differences = new ArrayList<>();
            if (!user.equals(action.userId())) {
                differences.add("user");
            }
            if (!type.equals(action.type())) {
                differences.add("type");
            }
            if (!occurredAt.equals(action.occurredAtUtc())) {
                differences.add("time");
            }
            if (payload != null && !JsonEquality.isSame(payload, action.payload())) {
                differences.add("payload");
            }
            return differences;
        }
    }

    /** Compares one record with all rows that have its identity: it is a repeat if it equals one of them. */
    private static final class Comparison {

        private final PublishedAction repeat;
        private boolean same;
        private @Nullable IdentityConflict conflict;

        Comparison(PublishedAction repeat) {
            this.repeat = repeat;
        }

        void with(First first) {
            var differences = first.differences(repeat.action());
            same |= differences.isEmpty();
            conflict = new IdentityConflict(repeat.original(), repeat.action(), first.position(), differences);
        }

        Collection<IdentityConflict> conflict() {
            return same || conflict == null ? List.of() : List.of(conflict);
        }
    }

    /** Returns the positions of the conflicting records. */
    public static Set<RecordPosition> position(List<IdentityConflict> conflicts) {
        Set<RecordPosition> all = new HashSet<>();
        conflicts.forEach(each -> all.add(each.action().position()));
        return all;
    }
}
