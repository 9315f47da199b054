package dev.errand.engine.parking.operations;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.engine.parking.view.ParkedActionSearch;
import dev.errand.engine.parking.view.ParkedActionSearch.Position;
import dev.errand.engine.parking.view.ParkedActionView.BulkPreview;
import dev.errand.engine.parking.view.ParkedActionView.Share;
import dev.errand.engine.query.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the actions of a bulk retry before it begins, by the indexes of {@link ParkedActionSearch} and up to 10,000. */
final class BulkPreviews {

    /** Up to how many actions are counted. */
    private static final int COUNTED = 10_000;

    /** How many actions one query counts. */
    private static final int CHUNK = 1_000;

    /** How many users and how many types are listed by name. */
    private static final int NAMED = 20;

    private BulkPreviews() {}

    private record Count(String user, String type, long count) {}

    /** @param filter must be for dead actions */
    static BulkPreview of(Connection connection, ParkedActionFilter filter, @Nullable Instant diedBy)
            throws SQLException {
        // By the database's clock, as died_at is.
        var now = Queries.ask(connection, "SELECT CURRENT_TIMESTAMP(6) AS now")
                .first(row -> row.getObject("now", LocalDateTime.class))
                .orElseThrow();
        var asked = ParkedActionFilter.utc(diedBy);
        var until = asked == null || asked.isAfter(now) ? now : asked;
        var result = new ParkedActionSearch(filter).latest(connection, null, COUNTED);
        Map<String, Long> users = new HashMap<>();
        Map<String, Long> types = new HashMap<>();
        long count = 0;
        var positions = result.positions();
        for (int from = 0; from < positions.size(); from += CHUNK) {
            var chunk = positions.subList(from, Math.min(from + CHUNK, positions.size()));
            for (var each : count(connection, chunk, until)) {
                users.merge(each.user, each.count, Long::sum);
                types.merge(each.type, each.count, Long::sum);
                count += each.count;
            }
        }
        return new BulkPreview(
                count,
                result.end() != null,
                positions.size() - count,
                users.size(),
                most(users),
                types.size(),
                most(types),
                until.toInstant(ZoneOffset.UTC));
    }

    private static List<Count> count(Connection connection, List<Position> positions, LocalDateTime until)
            throws SQLException {
        return Queries.ask(connection, """
                SELECT user_id, type, COUNT(*) AS count FROM parked_action
                WHERE seq IN (:seqs) AND state = :dead AND id IS NOT NULL AND died_at <= :until
                GROUP BY user_id, type""")
                .bind("seqs", positions.stream().map(Position::seq).toList())
                .bind("dead", ParkedState.DEAD)
                .bind("until", until)
                .list(row -> new Count(row.getString("user_id"), row.getString("type"), row.getLong("count")));
    }

    private static List<Share> most(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(each -> new Share(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Share::count).reversed().thenComparing(Share::name))
                .limit(NAMED)
                .toList();
    }
}
