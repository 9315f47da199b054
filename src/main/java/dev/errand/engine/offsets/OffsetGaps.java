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

/** The table {@code offset_gap}: the gaps of records that were skipped because they could not be read. Thread-safe. */
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
     * A gap as the API and the console show it.
     *
     * @param id the number by which an operator accepts it
     * @param cause {@code DELETED}, {@code TRUNCATED}, {@code RECREATED} or {@code RESET}
     * @param from the first offset that could not be read
     * @param to the offset after the last one; for {@code RECREATED}, the offset at which reading started
     * @param records how many offsets the gap has; null for {@code RECREATED}, where this is unknown
     * @param acceptedAt when an operator accepted it; null before
     * @param acceptedBy the operator; null before
     * @param reason what the operator wrote; null before
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
     * The state of a gap in the table.
     *
     * @param news how many of its records were not known to be missing; 0 if the gap is known, or the number is unknown
     * @param isNews whether the gap is new or has grown, and has to be reported
     */
    record Known(long id, long news, boolean isNews, boolean accepted) {}

    /** Stores a gap. A gap that has grown has to be accepted again. */
    @Transactional(rollbackOn = Exception.class)
    Known found(OffsetGap gap) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            // The first process to insert the row reports the gap; the others wait for the row's lock here.
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

    /** Binds the columns that identify a gap. */
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

    /** The gaps that are not accepted, the latest first; at most 100. */
    public List<Gap> unaccepted() throws SQLException {
        return queries.list(
                SELECT + "AND accepted_at IS NULL ORDER BY seq DESC LIMIT 100",
                Map.of("group", group),
                OffsetGaps::gap);
    }

    /**
     * A page of all gaps, the latest first.
     *
     * @param before the id of the last gap on the previous page; null for the first page
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
     * Accepts a gap, so that a partition held because of it is read on. Accepting it again changes nothing.
     *
     * @param reason why it is accepted, kept with the gap and in the audit log; empty for none
     * @param actor the operator who accepts it
     * @return false if there is no gap with this id
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
