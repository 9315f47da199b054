package dev.errand.engine.offsets;

import dev.errand.engine.audit.Audit;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
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
            FROM offset_gap WHERE consumer_group = :group\s""";

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
            Sql.of(connection, """
                    UPDATE offset_gap SET to_offset = :to, accepted_at = NULL, accepted_by = NULL, reason = NULL
                    WHERE seq = :seq""").bind("to", gap.to()).bind("seq", before.id).update();
            return new Known(before.id, gap.records() == 0 ? 0 : gap.to() - before.to, true, false);
        }
    }

    private boolean insert(Connection connection, OffsetGap gap) throws SQLException {
        var insert = Sql.of(connection, """
                INSERT IGNORE INTO offset_gap
                  (consumer_group, topic, `partition`, topic_id, cause, from_offset, to_offset)
                VALUES (:group, :topic, :partition, :topicId, :cause, :from, :to)""");
        return bind(insert, gap).bind("to", gap.to()).update() == 1;
    }

    /** What a gap is known by. */
    private Sql bind(Sql sql, OffsetGap gap) {
        return sql.bind("group", group)
                .bind("topic", gap.at().topic())
                .bind("partition", gap.at().partition())
                .bind("topicId", gap.topicId())
                .bind("cause", gap.cause())
                .bind("from", gap.from());
    }

    private record Row(long id, long to, boolean accepted) {}

    private Row locked(Connection connection, OffsetGap gap) throws SQLException {
        var select = Sql.of(connection, """
                SELECT seq, to_offset, accepted_at IS NOT NULL AS accepted FROM offset_gap
                WHERE consumer_group = :group AND topic = :topic AND `partition` = :partition AND topic_id = :topicId
                  AND cause = :cause AND from_offset = :from
                FOR UPDATE""");
        return bind(select, gap)
                .first(row -> new Row(row.getLong("seq"), row.getLong("to_offset"), row.getBoolean("accepted")))
                .orElseThrow();
    }

    /** Those that nobody has accepted yet, the latest first; no more than 100. */
    public List<Gap> unaccepted() throws SQLException {
        return queries.list(
                SELECT + "AND accepted_at IS NULL ORDER BY seq DESC LIMIT 100",
                Map.of("group", group),
                OffsetGaps::gap);
    }

    /**
     * All, the latest first.
     *
     * @param before the last number of the page before, null for the first page
     */
    public List<Gap> all(@Nullable Long before, int limit) throws SQLException {
        return queries.list(
                SELECT + "AND seq < :before ORDER BY seq DESC LIMIT :limit",
                Map.of("group", group, "before", before == null ? Long.MAX_VALUE : before, "limit", limit),
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
            int accepted = Sql.of(connection, """
                    UPDATE offset_gap SET accepted_at = CURRENT_TIMESTAMP(6), accepted_by = :actor, reason = :reason
                    WHERE consumer_group = :group AND seq = :seq AND accepted_at IS NULL""")
                    .bind("actor", actor)
                    .bind("reason", reason)
                    .bind("group", group)
                    .bind("seq", id)
                    .update();
            if (accepted == 1) {
                Audit.note(connection, actor, "accept-gap", "offset-gap/" + id, Map.of("reason", reason));
                return true;
            }
            return Sql.of(connection, "SELECT 1 FROM offset_gap WHERE consumer_group = :group AND seq = :seq")
                    .bind("group", group)
                    .bind("seq", id)
                    .exists();
        }
    }
}
