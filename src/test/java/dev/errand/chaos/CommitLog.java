package dev.errand.chaos;

import dev.errand.testsupport.WholeTopic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;

/** All offset commits of a group, read from Kafka's topic {@code __consumer_offsets}. */
final class CommitLog {

    /** @param at the end of the millisecond in which the broker received the commit */
    record Commit(TopicPartition partition, long offset, LocalDateTime at) {}

    private CommitLog() {}

    static List<Commit> of(String group, String bootstrapServers) {
        var commits = new ArrayList<Commit>();
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "exclude.internal.topics", false);
        WholeTopic.read(
                config,
                "__consumer_offsets",
                new ByteArrayDeserializer(),
                record -> addIfCommit(record, group, commits));
        return commits;
    }

    private static void addIfCommit(ConsumerRecord<byte[], byte[]> record, String group, List<Commit> commits) {
        var keyBytes = ByteBuffer.wrap(record.key());
        var keyVersion = keyBytes.getShort();
        if (keyVersion > 1 || record.value() == null) {
            return;
        }
        var key = new OffsetCommitKey(new ByteBufferAccessor(keyBytes), (short) 0);
        if (!key.group().equals(group)) {
            return;
        }
        var valueBytes = ByteBuffer.wrap(record.value());
        var valueVersion = valueBytes.getShort();
        var value = new OffsetCommitValue(new ByteBufferAccessor(valueBytes), valueVersion);
        commits.add(new Commit(
                new TopicPartition(key.topic(), key.partition()),
                value.offset(),
                LocalDateTime.ofInstant(Instant.ofEpochMilli(value.commitTimestamp() + 1), ZoneOffset.UTC)));
    }
}
