package dev.errand.engine.offsets;

import dev.errand.engine.database.PrimaryWatch;
import dev.errand.engine.database.PrimaryWatch.Server;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
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
            try (var statement = connection.prepareStatement("""
                    INSERT INTO partition_position
                      (consumer_group, topic, `partition`, topic_id, next_offset, leader_epoch, owner)
                    VALUES (?, ?, ?, ?, ?, ?, ?) AS now
                    ON DUPLICATE KEY UPDATE topic_id = now.topic_id, next_offset = now.next_offset,
                      leader_epoch = now.leader_epoch, owner = now.owner""")) {
                for (var start : starts) {
                    int index = bindPartition(statement, 0, start.partition);
                    statement.setString(++index, start.topicId);
                    statement.setLong(++index, start.at.offset());
                    statement.setObject(++index, start.at.leaderEpoch(), Types.INTEGER);
                    statement.setString(++index, owner);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
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
        try (var statement = connection.prepareStatement("""
                UPDATE partition_position SET next_offset = ?, leader_epoch = ?, owner = ?
                WHERE consumer_group = ? AND topic = ? AND `partition` = ? AND owner = ?""")) {
            for (var each : held) {
                if (each.reached != null || release) {
                    var position = each.reached == null ? each.recorded : each.reached;
                    statement.setLong(1, position.offset());
                    statement.setObject(2, position.leaderEpoch(), Types.INTEGER);
                    statement.setString(3, release && !each.assignment.leavesSuspects() ? null : owner);
                    statement.setString(bindPartition(statement, 3, each.assignment.partition()) + 1, owner);
                    statement.addBatch();
                }
            }
            statement.executeBatch();
        }
    }

    /** Without locks: a process that stands still in its transaction keeps no other from writing its own rows. */
    private Map<TopicPartition, Recorded> select(Connection connection) throws SQLException {
        Map<TopicPartition, Recorded> all = new HashMap<>();
        try (var statement = connection.prepareStatement("""
                SELECT topic, `partition`, topic_id, next_offset, leader_epoch, owner FROM partition_position
                WHERE consumer_group = ?""")) {
            statement.setString(1, group);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    all.put(new TopicPartition(row.getString("topic"), row.getInt("partition")), recorded(row));
                }
            }
        }
        return all;
    }

    private static Recorded recorded(ResultSet row) throws SQLException {
        return new Recorded(
                row.getString("topic_id"),
                new LogPosition(row.getLong("next_offset"), row.getObject("leader_epoch", Integer.class)),
                row.getString("owner"));
    }

    /** @return the last parameter that was set */
    private int bindPartition(PreparedStatement statement, int before, TopicPartition partition) throws SQLException {
        int index = before;
        statement.setString(++index, group);
        statement.setString(++index, partition.topic());
        statement.setInt(++index, partition.partition());
        return index;
    }
}
