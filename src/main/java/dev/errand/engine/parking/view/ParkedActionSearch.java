package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.query.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds parked actions by a filter, by ranges of one index, so that no row is read that does not match. The exception is a search
 * for a user's actions of one type or error: it examines actions that do not match too, a bounded number at a time, so that no
 * request takes long. See ADR 14. Immutable and thread-safe.
 */
public final class ParkedActionSearch {

    /** How many actions of a user in one state a search examines at least before it ends. */
    static final int EXAMINED = 1_000;

    private final ParkedActionFilter filter;
    private final String index;
    private final Conditions found = new Conditions();
    private final Conditions examined = new Conditions();

    public ParkedActionSearch(ParkedActionFilter filter) {
        this.filter = filter;
        if (filter.userId() != null) {
            index = "of_user";
            found.add("user_id = :user", "user", filter.userId());
            examined.add("type = :type", "type", filter.type());
            examined.add("error_class = :error", "error", filter.errorClass());
        } else {
            var byError = filter.errorClass() != null;
            var byType = filter.type() != null;
            index = byError && byType ? "of_kind" : byError ? "of_error" : byType ? "of_type" : "of_state";
            found.add("error_class = :error", "error", filter.errorClass());
            found.add("type = :type", "type", filter.type());
        }
        found.add("failed_at >= :earliest", "earliest", filter.fromUtc());
        found.add("failed_at < :before", "before", filter.toUtc());
    }

    /** A parked action's place in the order of time. */
    public record Position(LocalDateTime failedAt, long seq) implements Comparable<Position> {

        @Override
        public int compareTo(Position other) {
            return Comparator.comparing(Position::failedAt)
                    .thenComparing(Position::seq)
                    .compare(this, other);
        }

        /**
         * Returns the position of the action with this {@code seq}, at the time of the one before if the action has been deleted; empty
         * if there is none before.
         */
        static Optional<Position> of(Connection connection, long seq) throws SQLException {
            return Queries.ask(
                            connection,
                            "SELECT failed_at FROM parked_action WHERE seq <= :seq ORDER BY seq DESC LIMIT 1")
                    .bind("seq", seq)
                    .first(row -> new Position(row.getObject("failed_at", LocalDateTime.class), seq));
        }
    }

    /**
     * @param positions the positions of the actions that match, in order
     * @param end how far the search got, if more actions may match beyond it; null if there are no more
     */
    public record Result(List<Position> positions, @Nullable Position end) {}

    /** An index entry, and whether its action matches the filter. */
    private record Candidate(Position position, boolean matches) {}

    /**
     * Finds the latest actions that match, the latest first.
     *
     * @param before finds only actions before this; null for all
     * @param wanted how many at most
     */
    public Result latest(Connection connection, @Nullable Position before, int wanted) throws SQLException {
        return search(connection, before, wanted, false);
    }

    /**
     * Finds the oldest actions that match, the oldest first.
     *
     * @param after finds only actions after this; null for all
     * @param wanted how many at most
     */
    public Result oldest(Connection connection, @Nullable Position after, int wanted) throws SQLException {
        return search(connection, after, wanted, true);
    }

    private Result search(Connection connection, @Nullable Position from, int wanted, boolean up) throws SQLException {
        var order = up ? Comparator.<Position>naturalOrder() : Comparator.<Position>reverseOrder();
        int limit = examined.isEmpty() ? wanted : Math.max(EXAMINED, wanted);
        List<Position> matching = new ArrayList<>();
        Position end = null;
        for (var state : filter.state() == null ? ParkedState.values() : new ParkedState[] {filter.state()}) {
            var candidates = range(connection, state, from, limit, up);
            candidates.stream()
                    .filter(Candidate::matches)
                    .map(Candidate::position)
                    .forEach(matching::add);
            if (candidates.size() == limit) {
                var last = candidates.get(limit - 1).position;
                end = end == null || order.compare(last, end) < 0 ? last : end;
            }
        }
        var searched = end;
        var ordered = matching.stream()
                .filter(each -> searched == null || order.compare(each, searched) <= 0)
                .sorted(order)
                .toList();
        return ordered.size() > wanted
                ? new Result(ordered.subList(0, wanted), ordered.get(wanted - 1))
                : new Result(ordered, ordered.size() == wanted && wanted > 0 ? ordered.get(wanted - 1) : end);
    }

    /** Reads one range of the index, in whose key the state precedes the time. */
    private List<Candidate> range(
            Connection connection, ParkedState state, @Nullable Position from, int limit, boolean up)
            throws SQLException {
        var direction = up ? "" : " DESC";
        var behind = up ? ">" : "<";
        var sql = "SELECT seq, failed_at, " + (examined.isEmpty() ? "TRUE" : examined.text()) + " AS matches"
                + " FROM parked_action FORCE INDEX (" + index + ") WHERE state = :state"
                + (found.isEmpty() ? "" : " AND " + found.text())
                + (from == null
                        ? ""
                        : " AND (failed_at " + behind + " :time OR (failed_at = :time AND seq " + behind + " :seq))")
                + " ORDER BY failed_at" + direction + ", seq" + direction + " LIMIT :limit";
        return Queries.ask(connection, sql)
                .bindAll(examined.values())
                .bindAll(found.values())
                .bindAll(from == null ? Map.of() : Map.of("time", from.failedAt, "seq", from.seq))
                .bind("state", state)
                .bind("limit", limit)
                .list(row -> new Candidate(
                        new Position(row.getObject("failed_at", LocalDateTime.class), row.getLong("seq")),
                        row.getBoolean("matches")));
    }

    private static final class Conditions {
        private final List<String> texts = new ArrayList<>();
        private final Map<String, Object> values = new HashMap<>();

        void add(String text, String name, @Nullable Object value) {
            if (value != null) {
                texts.add(text);
                values.put(name, value);
            }
        }

        boolean isEmpty() {
            return texts.isEmpty();
        }

        String text() {
            return String.join(" AND ", texts);
        }

        Map<String, Object> values() {
            return values;
        }
    }
}
