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
 * The table {@code partition_position}: how far each partition is, by the database's own account. A process writes only rows
 * that it owns, so that one which works on after its partitions went elsewhere changes nothing. Thread-safe.
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
     * What the database knows of a partition.
     *
     * @param owner the process that has it, or had it and ended without giving it back, or gave it back while records were under
     *     suspicion; null where it was given back without doubts
     */
    record Recorded(
            String topicId, LogPosition position, @Nullable String owner) {}

    /** All that a server knows of the group. */
    record Known(Server server, Map<TopicPartition, Recorded> partitions) {}

    /** The process that had a partition ended without giving it back, or left it with records that it may die of. */
    static boolean isAfterUncleanEnd(@Nullable Recorded recorded) {
        return recorded != null && recorded.owner() != null;
    }

    /** All that the database knows of the group. */
    @Transactional(rollbackOn = Exception.class)
    public Known all() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return new Known(primaryWatch.primary(connection), select(connection));
        }
    }

    /**
     * Where this process begins to read a partition that it takes.
     *
     * @param at where it reads on
     */
    record Start(TopicPartition partition, String topicId, LogPosition at) {}

    /**
     * Takes partitions for this process.
     *
     * @param server what is begun with was found out there
     * @return whether they are taken; false, with nothing changed, where that is not the server any more
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
     * What is in memory of a partition that this process has begun to read.
     *
     * @param recorded what the database should have
     * @param reached what it should have instead; null where that is the same
     */
    record Held(
            PartitionOffsets assignment,
            LogPosition recorded,
            @Nullable LogPosition reached) {}

    /**
     * What came of writing.
     *
     * @param written those of which the database knows as much as memory does
     * @param lost those of which it knows less than it did, or that are not this process's in it: they have to be read again
     */
    record Outcome(List<Held> written, List<Held> lost) {}

    /**
     * Writes how far this process's partitions are, unless the database has lost what it knew before.
     *
     * @param held all that this process has begun to read
     * @param release whether to give them back
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
                    // Of another server, which this one is in the place of.
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

    /** Without locks: a process that stands still in its transaction keeps no other from writing its own rows. */
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
