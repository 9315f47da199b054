package dev.errand.engine.offsets;

import dev.errand.engine.audit.Audit;
import dev.errand.engine.query.Queries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table {@code offset_gap}: records that Kafka no longer had when they were to be read, each told once. Thread-safe. */
@ApplicationScoped
public class OffsetGaps {

    private static final String SELECT = """
            SELECT seq, topic, `partition`, cause, from_offset, to_offset, found_at, accepted_at, accepted_by, reason
            FROM offset_gap WHERE consumer_group = ?\s""";

    private final DataSource dataSource;
    private final Queries queries;
    private final String group;

    @Inject
    OffsetGaps(DataSource dataSource, Queries queries, ConsumerGroup group) {
        this.dataSource = dataSource;
        this.queries = queries;
        this.group = group.name();
    }

    /**
     * A gap as people see it.
     *
     * @param id by which it is accepted
     * @param cause {@code DELETED}, {@code TRUNCATED}, {@code RECREATED} or {@code RESET}
     * @param from the first offset that could not be read
     * @param to the offset behind the last one
     * @param records how many offsets that are; null where the topic was made anew, so that nobody knows
     * @param acceptedAt when a person took note of it; null before
     * @param reason what that person wrote
     */
    public record Gap(
            long id,
            String topic,
            int partition,
            String cause,
            long from,
            long to,
            @Nullable Long records,
            Instant foundAt,
            @Nullable Instant acceptedAt,
            @Nullable String acceptedBy,
            @Nullable String reason) {}

    /**
     * What is known of a gap now.
     *
     * @param news how many of its records were not known to be missing; zero also where it is not news at all
     * @param isNews whether it is to be told
     */
    record Known(long id, long news, boolean isNews, boolean accepted) {}

    /** Remembers a gap. One that has grown is to be accepted anew. */
    @Transactional(rollbackOn = Exception.class)
    Known found(OffsetGap gap) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            // Whoever writes first has the news: the others wait for the row's lock here.
            var inserted = insert(connection, gap);
            var before = locked(connection, gap);
            if (inserted) {
                return new Known(before.id, gap.records(), true, false);
            }
            if (before.to >= gap.to()) {
                return new Known(before.id, 0, false, before.accepted);
            }
            try (var statement = connection.prepareStatement("""
                    UPDATE offset_gap SET to_offset = ?, accepted_at = NULL, accepted_by = NULL, reason = NULL
                    WHERE seq = ?""")) {
                statement.setLong(1, gap.to());
                statement.setLong(2, before.id);
                statement.executeUpdate();
            }
            return new Known(before.id, gap.records() == 0 ? 0 : gap.to() - before.to, true, false);
        }
    }

    private boolean insert(Connection connection, OffsetGap gap) throws SQLException {
        try (var statement = connection.prepareStatement("""
                INSERT IGNORE INTO offset_gap
                  (consumer_group, topic, `partition`, topic_id, cause, from_offset, to_offset)
                VALUES (?, ?, ?, ?, ?, ?, ?)""")) {
            statement.setLong(bind(statement, 0, gap) + 1, gap.to());
            return statement.executeUpdate() == 1;
        }
    }

    private int bind(PreparedStatement statement, int before, OffsetGap gap) throws SQLException {
        int index = before;
        statement.setString(++index, group);
        statement.setString(++index, gap.at().topic());
        statement.setInt(++index, gap.at().partition());
        statement.setString(++index, gap.topicId());
        statement.setString(++index, gap.cause().name());
        statement.setLong(++index, gap.from());
        return index;
    }

    private record Row(long id, long to, boolean accepted) {}

    private Row locked(Connection connection, OffsetGap gap) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT seq, to_offset, accepted_at IS NOT NULL FROM offset_gap
                WHERE consumer_group = ? AND topic = ? AND `partition` = ? AND topic_id = ? AND cause = ? AND from_offset = ?
                FOR UPDATE""")) {
            bind(statement, 0, gap);
            try (var row = statement.executeQuery()) {
                row.next();
                return new Row(row.getLong(1), row.getLong(2), row.getBoolean(3));
            }
        }
    }

    /** Those that nobody has accepted yet, the latest first; no more than 100. */
    public List<Gap> unaccepted() throws SQLException {
        return queries.list(
                SELECT + "AND accepted_at IS NULL ORDER BY seq DESC LIMIT 100", List.of(group), OffsetGaps::gap);
    }

    /**
     * All, the latest first.
     *
     * @param before the last number of the page before, null for the first page
     */
    public List<Gap> all(@Nullable Long before, int limit) throws SQLException {
        return queries.list(
                SELECT + "AND seq < ? ORDER BY seq DESC LIMIT " + limit,
                List.of(group, before == null ? Long.MAX_VALUE : before),
                OffsetGaps::gap);
    }

    private static Gap gap(ResultSet row) throws SQLException {
        var cause = row.getString("cause");
        long from = row.getLong("from_offset");
        long to = row.getLong("to_offset");
        return new Gap(
                row.getLong("seq"),
                row.getString("topic"),
                row.getInt("partition"),
                cause,
                from,
                to,
                cause.equals(OffsetGap.Cause.RECREATED.name()) ? null : to - from,
                Queries.known(row, "found_at"),
                Queries.instant(row, "accepted_at"),
                row.getString("accepted_by"),
                row.getString("reason"));
    }

    /**
     * Takes note of a gap: a partition that waits for this is read on. To accept one again changes nothing.
     *
     * @param reason why, for those who ask later; empty for none
     * @param actor who does it
     * @return false where there is none of this number
     */
    @Transactional(rollbackOn = Exception.class)
    public boolean accept(long id, String reason, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            try (var statement = connection.prepareStatement("""
                    UPDATE offset_gap SET accepted_at = CURRENT_TIMESTAMP(6), accepted_by = ?, reason = ?
                    WHERE consumer_group = ? AND seq = ? AND accepted_at IS NULL""")) {
                statement.setString(1, actor);
                statement.setString(2, reason);
                statement.setString(3, group);
                statement.setLong(4, id);
                if (statement.executeUpdate() == 1) {
                    Audit.note(connection, actor, "accept-gap", "offset-gap/" + id, Map.of("reason", reason));
                    return true;
                }
            }
            try (var statement =
                    connection.prepareStatement("SELECT 1 FROM offset_gap WHERE consumer_group = ? AND seq = ?")) {
                statement.setString(1, group);
                statement.setLong(2, id);
                try (var row = statement.executeQuery()) {
                    return row.next();
                }
            }
        }
    }
}
