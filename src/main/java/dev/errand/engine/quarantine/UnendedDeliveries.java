package dev.errand.engine.quarantine;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.record.RecordFingerprint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The table {@code unfinished_record}: records that were begun and have not come to an end. Immutable and thread-safe; the caller's
 * transaction decides what stays.
 */
public final class UnendedDeliveries {

    private static final Comparator<RecordPosition> BY_KEY = Comparator.comparing(RecordPosition::topic)
            .thenComparing(RecordPosition::partition)
            .thenComparing(RecordPosition::offset);

    private static final String ONE = "consumer_group = ? AND topic = ? AND `partition` = ? AND `offset` = ?";

    private final String group;
    private final String process;

    /**
     * @param group the consumer group
     * @param process the process that begins deliveries
     */
    public UnendedDeliveries(String group, UUID process) {
        this.group = group;
        this.process = process.toString();
    }

    /**
     * What is known of a record's deliveries before this one.
     *
     * @param unended how many came to no end
     * @param wasRead whether the last of them got beyond reading the record
     */
    public record Known(int unended, boolean wasRead) {

        /** Of a record that was never begun, or always came to an end. */
        public static final Known NOTHING = new Known(0, false);
    }

    /**
     * @param records at least one
     * @return those with a delivery that came to no end, by where they stand
     */
    public Map<RecordPosition, Known> find(Connection connection, Collection<RawRecord> records) throws SQLException {
        var byPlace = records.stream().collect(Collectors.toMap(RawRecord::position, record -> record));
        var places = byPlace.keySet().stream().sorted(BY_KEY).toList();
        Map<RecordPosition, Known> known = new HashMap<>();
        try (var statement = connection.prepareStatement(
                """
                SELECT topic, `partition`, `offset`, fingerprint, deliveries, was_read, begun_by FROM unfinished_record
                WHERE (consumer_group, topic, `partition`, `offset`) IN (%s)""".formatted(String.join(", ", Collections.nCopies(places.size(), "(?, ?, ?, ?)"))))) {
            int index = 0;
            for (var place : places) {
                index = bind(statement, index, place);
            }
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var place =
                            new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset"));
                    var record = byPlace.get(place);
                    // A delivery of this process has come to an end if it is here again: only its row could not be
                    // deleted.
                    int unended = row.getInt("deliveries") - (process.equals(row.getString("begun_by")) ? 1 : 0);
                    if (record != null
                            && unended > 0
                            && Arrays.equals(row.getBytes("fingerprint"), RecordFingerprint.of(record))) {
                        known.put(place, new Known(unended, row.getBoolean("was_read")));
                    }
                }
            }
        }
        return known;
    }

    /**
     * Writes down that these are begun. They count as unended until they are {@linkplain #end ended}.
     *
     * @param unended how many deliveries of them came to no end before, the same of all
     */
    public void begin(Connection connection, Collection<RawRecord> records, int unended) throws SQLException {
        var sorted = records.stream()
                .sorted(Comparator.comparing(RawRecord::position, BY_KEY))
                .toList();
        try (var statement = connection.prepareStatement("""
                INSERT INTO unfinished_record
                  (consumer_group, topic, `partition`, `offset`, fingerprint, deliveries, was_read, begun_by, begun_at)
                VALUES (?, ?, ?, ?, ?, ?, FALSE, ?, CURRENT_TIMESTAMP(6)) AS now
                ON DUPLICATE KEY UPDATE fingerprint = now.fingerprint, deliveries = now.deliveries, was_read = FALSE,
                  begun_by = now.begun_by, begun_at = now.begun_at""")) {
            for (var record : sorted) {
                int index = bind(statement, 0, record.position());
                statement.setBytes(++index, RecordFingerprint.of(record));
                statement.setInt(++index, unended + 1);
                statement.setString(++index, process);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** What this one says has been read: if its process dies now, that is not of reading it. */
    public void wasRead(Connection connection, RecordPosition record) throws SQLException {
        var sql = "UPDATE unfinished_record SET was_read = TRUE WHERE " + ONE + " AND begun_by = ?";
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(bind(statement, 0, record) + 1, process);
            statement.executeUpdate();
        }
    }

    /** They came to an end of whatever kind: nothing is known against them any more. */
    public void end(Connection connection, Collection<RecordPosition> records) throws SQLException {
        var sql = "DELETE FROM unfinished_record WHERE " + ONE + " AND begun_by = ?";
        try (var statement = connection.prepareStatement(sql)) {
            for (var record : records.stream().sorted(BY_KEY).toList()) {
                statement.setString(bind(statement, 0, record) + 1, process);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /**
     * This delivery does not count: it was not begun after all, or its process ends by request.
     *
     * @param unended how many came to no end before
     */
    public void forgive(Connection connection, RecordPosition record, int unended) throws SQLException {
        if (unended == 0) {
            end(connection, List.of(record));
            return;
        }
        // Nobody's from now on: were it this process's, one less would count if the record came back to it.
        var sql = "UPDATE unfinished_record SET deliveries = ?, begun_by = '' WHERE " + ONE + " AND begun_by = ?";
        try (var statement = connection.prepareStatement(sql)) {
            statement.setInt(1, unended);
            statement.setString(bind(statement, 1, record) + 1, process);
            statement.executeUpdate();
        }
    }

    /**
     * Deletes rows of records that nobody will read again: those before their partition's position, and those of partitions
     * that are no longer read. There are few: one is left where the database failed just when a delivery had come to its end.
     *
     * @param age how long ago the others were begun at least
     */
    public void purge(Connection connection, Duration age) throws SQLException {
        // Two statements: a DELETE would lock the positions that it looks at.
        var sql = """
                SELECT unended.topic, unended.`partition`, unended.`offset`
                FROM unfinished_record unended LEFT JOIN partition_position position
                  ON position.consumer_group = unended.consumer_group AND position.topic = unended.topic
                  AND position.`partition` = unended.`partition`
                WHERE unended.consumer_group = ?
                  AND (unended.`offset` < position.next_offset OR unended.begun_at < CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND)
                LIMIT 1000""";
        try (var select = connection.prepareStatement(sql);
                var delete = connection.prepareStatement("DELETE FROM unfinished_record WHERE " + ONE)) {
            select.setString(1, group);
            select.setLong(2, age.toNanos() / 1000);
            try (var row = select.executeQuery()) {
                while (row.next()) {
                    bind(delete, 0, new RecordPosition(row.getString(1), row.getInt(2), row.getLong(3)));
                    delete.addBatch();
                }
            }
            delete.executeBatch();
        }
    }

    /** @return the last parameter that was set */
    private int bind(PreparedStatement statement, int before, RecordPosition record) throws SQLException {
        int index = before;
        statement.setString(++index, group);
        statement.setString(++index, record.topic());
        statement.setInt(++index, record.partition());
        statement.setLong(++index, record.offset());
        return index;
    }
}
