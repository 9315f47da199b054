package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionSearch.Position;
import dev.errand.engine.parking.view.ParkedActionView.Group;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts parked actions by state, error class and type. Immutable and thread-safe. */
final class ParkedActionGroups {

    /** How many of the latest actions are counted. */
    private static final int COUNTED = 10_000;

    /** How many groups are returned at most. */
    private static final int GROUPS = 200;

    /** How many characters an example message has at most. */
    private static final int EXAMPLE = 500;

    /** How many actions one query counts. */
    private static final int CHUNK = 1_000;

    private final Masking masking;

    ParkedActionGroups(Masking masking) {
        this.masking = masking;
    }

    private record Kind(
            String state,
            @Nullable String errorClass,
            @Nullable String type) {}

    private record Count(Kind kind, long count, Instant first, Instant last, long latest) {

        Count plus(Count other) {
            return new Count(
                    kind,
                    count + other.count,
                    first.isBefore(other.first) ? first : other.first,
                    last.isAfter(other.last) ? last : other.last,
                    Math.max(latest, other.latest));
        }
    }

    /** Groups the latest 10,000 actions that match, the largest groups first. */
    List<Group> of(Connection connection, ParkedActionFilter filter) throws SQLException {
        var positions =
                new ParkedActionSearch(filter).latest(connection, null, COUNTED).positions();
        Map<Kind, Count> counts = new HashMap<>();
        for (int from = 0; from < positions.size(); from += CHUNK) {
            for (var each : count(connection, positions.subList(from, Math.min(from + CHUNK, positions.size())))) {
                counts.merge(each.kind, each, Count::plus);
            }
        }
        var most = counts.values().stream()
                .sorted(Comparator.comparing(Count::count)
                        .thenComparing(Count::latest)
                        .reversed())
                .limit(GROUPS)
                .toList();
        var examples = examples(connection, most);
        return most.stream()
                .map(each -> new Group(
                        ParkedState.valueOf(each.kind.state),
                        each.kind.errorClass,
                        each.kind.type,
                        each.count,
                        each.first,
                        each.last,
                        each.latest,
                        examples.get(each.latest)))
                .toList();
    }

    private static List<Count> count(Connection connection, List<Position> positions) throws SQLException {
        return Queries.ask(connection, """
                SELECT state, error_class, type, COUNT(*) AS count, MIN(failed_at) AS first, MAX(failed_at) AS last,
                       MAX(seq) AS latest
                FROM parked_action WHERE seq IN (:seqs) GROUP BY state, error_class, type""")
                .bind("seqs", positions.stream().map(Position::seq).toList())
                .list(row -> new Count(
                        new Kind(row.getString("state"), row.getString("error_class"), row.getString("type")),
                        row.getLong("count"),
                        Queries.known(row, "first"),
                        Queries.known(row, "last"),
                        row.getLong("latest")));
    }

    private Map<Long, String> examples(Connection connection, List<Count> counts) throws SQLException {
        Map<Long, String> examples = new HashMap<>();
        if (!counts.isEmpty()) {
            Queries.ask(connection, """
                    SELECT seq, type, corrected, corrected_from, COALESCE(LEFT(error_message, :length), '') AS message
                    FROM parked_action WHERE seq IN (:seqs) AND error_message IS NOT NULL""")
                    .bind("length", EXAMPLE)
                    .bind("seqs", counts.stream().map(Count::latest).toList())
                    .each(row -> examples.put(
                            row.getLong("seq"), masking.masksRow(row) ? Masking.MASK : row.getString("message")));
        }
        return examples;
    }
}
