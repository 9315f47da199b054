package dev.errand.engine.quarantine;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.query.Sql;
import dev.errand.engine.record.RecordFingerprint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The table {@code unfinished_record}: records whose delivery was started and has not ended. Immutable and thread-safe; the caller
 * owns the transaction.
 */
public final class UnfinishedRecords {

    private static final Comparator<RecordPosition> BY_KEY = Comparator.comparing(RecordPosition::topic)
            .thenComparing(RecordPosition::partition)
            .thenComparing(RecordPosition::offset);

    private static final String ONE =
            "consumer_group = :group AND topic = :topic AND `partition` = :partition AND `offset` = :offset";

    private final String group;
    private final String process;

    /**
     * @param group the consumer group
     * @param process the id of this process, which marks the rows that it writes
     */
    public UnfinishedRecords(String group, UUID process) {
        this.group = group;
        this.process = process.toString();
    }

    /**
     * What is known of a record's earlier deliveries.
     *
     * @param unended how many of them did not end
     * @param wasRead whether the record was decoded in the last of them
     */
    public record Known(int unended, boolean wasRead) {

        /** For a record without a delivery that did not end. */
        public static final Known NOTHING = new Known(0, false);
    }

    /**
     * Finds records with deliveries that did not end.
     *
     * @param records at least one record
     * @return what is known of those records, by position
     */
    public Map<RecordPosition, Known> find(Connection connection, Collection<RawRecord> records) throws SQLException {
        var byPlace = records.stream().collect(Collectors.toMap(RawRecord::position, record -> record));
        var places = byPlace.keySet().stream().sorted(BY_KEY).toList();
        Map<RecordPosition, Known> known = new HashMap<>();
        Sql.of(connection, """
                SELECT topic, `partition`, `offset`, fingerprint, deliveries, was_read, begun_by FROM unfinished_record
                WHERE (consumer_group, topic, `partition`, `offset`) IN (:places)""")
                .bind(
                        "places",
                        places.stream()
                                .map(each -> List.of(group, each.topic(), each.partition(), each.offset()))
                                .toList())
                .each(row -> {
                    var place = place(row);
                    var record = byPlace.get(place);
                    // A record that is delivered to this process again has ended its last delivery here: only the row
                    // could not be deleted.
                    int unended = row.getInt("deliveries") - (process.equals(row.getString("begun_by")) ? 1 : 0);
                    if (record != null
                            && unended > 0
                            && Arrays.equals(row.getBytes("fingerprint"), RecordFingerprint.of(record))) {
                        known.put(place, new Known(unended, row.getBoolean("was_read")));
                    }
                });
        return known;
    }

    private static RecordPosition place(ResultSet row) throws SQLException {
        return new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset"));
    }

    /**
     * Stores the start of a delivery. It counts as one that did not end until {@link #end} is called.
     *
     * @param unended how many earlier deliveries did not end, the same for all records
     */
    public void begin(Connection connection, Collection<RawRecord> records, int unended) throws SQLException {
        var sorted = records.stream()
                .sorted(Comparator.comparing(RawRecord::position, BY_KEY))
                .toList();
        var insert = Sql.of(connection, """
                INSERT INTO unfinished_record
                  (consumer_group, topic, `partition`, `offset`, fingerprint, deliveries, was_read, begun_by, begun_at)
                VALUES (:group, :topic, :partition, :offset, :fingerprint, :deliveries, FALSE, :process, CURRENT_TIMESTAMP(6)) AS now
                ON DUPLICATE KEY UPDATE fingerprint = now.fingerprint, deliveries = now.deliveries, was_read = FALSE,
                  begun_by = now.begun_by, begun_at = now.begun_at""");
        for (var record : sorted) {
            bind(insert, record.position())
                    .bind("fingerprint", RecordFingerprint.of(record))
                    .bind("deliveries", unended + 1)
                    .bind("process", process)
                    .addBatch();
        }
        insert.batch();
    }

    /** Stores that the record was decoded, so that decoding is not what kills the process after this. */
    public void wasRead(Connection connection, RecordPosition record) throws SQLException {
        var update = Sql.of(
                connection, "UPDATE unfinished_record SET was_read = TRUE WHERE " + ONE + " AND begun_by = :process");
        bind(update, record).bind("process", process).update();
    }

    /** Deletes the rows of records whose delivery has ended, whether it succeeded or failed. */
    public void end(Connection connection, Collection<RecordPosition> records) throws SQLException {
        var delete = Sql.of(connection, "DELETE FROM unfinished_record WHERE " + ONE + " AND begun_by = :process");
        records.stream()
                .sorted(BY_KEY)
                .forEach(record -> bind(delete, record).bind("process", process).addBatch());
        delete.batch();
    }

    /**
     * Takes back the start of a delivery, which was not run or was interrupted because its process was asked to stop.
     *
     * @param unended how many earlier deliveries did not end
     */
    public void forgive(Connection connection, RecordPosition record, int unended) throws SQLException {
        if (unended == 0) {
            end(connection, List.of(record));
            return;
        }
        // The row must not stay this process's: if the record came back to it, one delivery too few would count.
        var update = Sql.of(
                connection,
                "UPDATE unfinished_record SET deliveries = :unended, begun_by = '' WHERE " + ONE
                        + " AND begun_by = :process");
        bind(update, record).bind("unended", unended).bind("process", process).update();
    }

    /**
     * Deletes rows of records that will not be read again: those before their partition's position, and old ones, whose partitions
     * are no longer read. There are few: a row is left over only if the database failed when its delivery ended.
     *
     * @param age the age from which a row is old
     */
    public void purge(Connection connection, Duration age) throws SQLException {
        // Two statements, because a DELETE with a join would lock the rows of partition_position.
        var orphans = Sql.of(connection, """
                SELECT unended.topic, unended.`partition`, unended.`offset`
                FROM unfinished_record unended LEFT JOIN partition_position position
                  ON position.consumer_group = unended.consumer_group AND position.topic = unended.topic
                  AND position.`partition` = unended.`partition`
                WHERE unended.consumer_group = :group
                  AND (unended.`offset` < position.next_offset
                    OR unended.begun_at < CURRENT_TIMESTAMP(6) - INTERVAL :age MICROSECOND)
                LIMIT 1000""")
                .bind("group", group)
                .bind("age", Sql.micros(age))
                .list(UnfinishedRecords::place);
        var delete = Sql.of(connection, "DELETE FROM unfinished_record WHERE " + ONE);
        orphans.forEach(each -> bind(delete, each).addBatch());
        delete.batch();
    }

    private Sql bind(Sql sql, RecordPosition record) {
        return sql.bind("group", group)
                .bind("topic", record.topic())
                .bind("partition", record.partition())
                .bind("offset", record.offset());
    }
}
