package dev.errand.engine.offsets;

import dev.errand.engine.database.PrimaryWatch;
import dev.errand.engine.database.PrimaryWatch.Server;
import dev.errand.engine.query.Sql;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code partition_position}: up to which offset each partition is done. A process updates only rows that it owns, so
 * that a process which works on after its partitions were reassigned changes nothing. Thread-safe.
 */
@ApplicationScoped
class PartitionPositions {

    private final AgroalDataSource dataSource;
    private final PrimaryWatch primaryWatch;
    private final String group;
    private final String owner;

    @Inject
    PartitionPositions(
            AgroalDataSource dataSource, PrimaryWatch primaryWatch, ConsumerGroup group, InstanceId process) {
        this.dataSource = dataSource;
        this.primaryWatch = primaryWatch;
        this.group = group.name();
        this.owner = process.id().toString();
    }

    /**
     * The row of a partition.
     *
     * @param topicId Kafka's id of the topic that was read
     * @param owner the process that has the partition, that ended without giving it back, or that left suspects when it gave it
     *     back; null if it was given back without suspects
     */
    record Recorded(
            String topicId, LogPosition position, @Nullable String owner) {}

    /** The group's rows, and the server that they were read from. */
    record Known(Server server, Map<TopicPartition, Recorded> partitions) {}

    /** Whether the partition's last owner ended without giving it back, or left records that may kill a process. */
    static boolean isAfterUncleanEnd(@Nullable Recorded recorded) {
        return recorded != null && recorded.owner() != null;
    }

    /** All rows of the group. */
    @Transactional(rollbackOn = Exception.class)
    public Known all() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return new Known(primaryWatch.primary(connection), select(connection));
        }
    }

    /**
     * Where this process starts to read a partition that was assigned to it.
     *
     * @param topicId Kafka's id of the topic that exists now
     * @param at the position at which it starts
     */
    record Start(TopicPartition partition, String topicId, LogPosition at) {}

    /**
     * Makes this process the owner of partitions.
     *
     * @param server the server from which the starting positions were read
     * @return false, with nothing changed, if another server has become the primary since
     */
    @Transactional(rollbackOn = Exception.class)
    public boolean own(List<Start> starts, Server server) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            if (!primaryWatch.primary(connection).isSameAs(server)) {
                return false;
            }
            var insert = Sql.of(connection, """
                    INSERT INTO partition_position
                      (consumer_group, topic, `partition`, topic_id, next_offset, leader_epoch, owner)
                    VALUES (:group, :topic, :partition, :topicId, :offset, :epoch, :owner) AS now
                    ON DUPLICATE KEY UPDATE topic_id = now.topic_id, next_offset = now.next_offset,
                      leader_epoch = now.leader_epoch, owner = now.owner""");
            for (var start : starts) {
                bind(insert, start.partition)
                        .bind("topicId", start.topicId)
                        .bind("offset", start.at.offset())
                        .bind("epoch", start.at.leaderEpoch())
                        .bind("owner", owner)
                        .addBatch();
            }
            insert.batch();
            return true;
        }
    }

    /**
     * The state in memory of a partition that this process has started to read.
     *
     * @param recorded the position that the database should have
     * @param reached the position to be written; null if it has not changed
     */
    record Held(
            PartitionOffsets assignment,
            LogPosition recorded,
            @Nullable LogPosition reached) {}

    /**
     * The result of {@link #write}.
     *
     * @param written partitions whose position in the database is up to date
     * @param lost partitions whose row is missing, has a lower position than was written before, or has another owner: they have
     *     to be read again
     */
    record Outcome(List<Held> written, List<Held> lost) {}

    /**
     * Writes the positions of this process's partitions, except those whose earlier position the database has lost.
     *
     * @param held the partitions that this process has started to read
     * @param release whether to give the partitions back
     */
    @Transactional(rollbackOn = Exception.class)
    public Outcome write(List<Held> held, boolean release) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            primaryWatch.primary(connection);
            var rows = select(connection);
            List<Held> lost = new ArrayList<>();
            List<Held> written = new ArrayList<>();
            for (var each : held) {
                if (each.assignment.isGivenUp()) {
                    // Its work was done on another server, which this one has replaced.
                    continue;
                }
                var row = rows.get(each.assignment.partition());
                if (row == null || row.position().offset() < each.recorded.offset() || !owner.equals(row.owner())) {
                    lost.add(each);
                } else {
                    written.add(each);
                }
            }
            update(connection, written, release);
            return new Outcome(written, lost);
        }
    }

    private void update(Connection connection, List<Held> held, boolean release) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE partition_position SET next_offset = :offset, leader_epoch = :epoch, owner = :next
                WHERE consumer_group = :group AND topic = :topic AND `partition` = :partition AND owner = :owner""");
        for (var each : held) {
            if (each.reached != null || release) {
                var position = each.reached == null ? each.recorded : each.reached;
                bind(update, each.assignment.partition())
                        .bind("offset", position.offset())
                        .bind("epoch", position.leaderEpoch())
                        .bind("next", release && !each.assignment.leavesSuspects() ? null : owner)
                        .bind("owner", owner)
                        .addBatch();
            }
        }
        update.batch();
    }

    /** Reads without locks, so that a process that hangs in its transaction does not block others from writing their rows. */
    private Map<TopicPartition, Recorded> select(Connection connection) throws SQLException {
        Map<TopicPartition, Recorded> all = new HashMap<>();
        Sql.of(connection, """
                SELECT topic, `partition`, topic_id, next_offset, leader_epoch, owner FROM partition_position
                WHERE consumer_group = :group""")
                .bind("group", group)
                .each(row ->
                        all.put(new TopicPartition(row.getString("topic"), row.getInt("partition")), recorded(row)));
        return all;
    }

    private static Recorded recorded(ResultSet row) throws SQLException {
        return new Recorded(
                row.getString("topic_id"),
                new LogPosition(row.getLong("next_offset"), row.getObject("leader_epoch", Integer.class)),
                row.getString("owner"));
    }

    private Sql bind(Sql sql, TopicPartition partition) {
        return sql.bind("group", group).bind("topic", partition.topic()).bind("partition", partition.partition());
    }
}
