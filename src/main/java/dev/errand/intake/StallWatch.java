package dev.errand.intake;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Notices that Kafka's client hands over nothing of a partition although there is more and Errand asks for it. The connector
 * polls again after every failure, for ever and without a word, so that nobody else would tell. For one consumer's polling
 * thread.
 */
final class StallWatch {

    private static final Logger LOG = Logger.getLogger(StallWatch.class);
    private static final Duration READ_WITHIN = Duration.ofSeconds(5);

    private final Map<String, ?> configuration;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Standstill> standstills = new HashMap<>();

    /** @param since by {@link #nanoTime} */
    private record Standstill(long position, long since) {}

    /**
     * @param configuration the consumer's
     * @param limit how long nothing may come
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    StallWatch(Map<String, ?> configuration, Duration limit, LongSupplier nanoTime) {
        this.configuration = configuration;
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    /** @param asking whether Errand would take records now */
    void look(Consumer<?, ?> client, Collection<Assignment> assignments, boolean asking) {
        standstills
                .keySet()
                .retainAll(assignments.stream().map(Assignment::partition).collect(Collectors.toSet()));
        for (var assignment : assignments) {
            var partition = assignment.partition();
            var more = client.currentLag(partition).orElse(0);
            if (!asking || more <= 0) {
                standstills.remove(partition);
                goesOn(assignment);
                continue;
            }
            var now = new Standstill(assignment.position(), nanoTime.getAsLong());
            var before = standstills.putIfAbsent(partition, now);
            if (before == null || before.position == now.position) {
                if (before != null && now.since - before.since > limit.toNanos() && assignment.stalled(true)) {
                    LOG.errorf(
                            "%s: Kafka's client has handed over nothing for %d s, though more waits (%d): %s",
                            partition, limit.toSeconds(), more, reason(client, partition));
                }
            } else {
                standstills.put(partition, now);
                goesOn(assignment);
            }
        }
    }

    private static void goesOn(Assignment assignment) {
        if (assignment.stalled(false)) {
            LOG.infof("%s: records are handed over again", assignment.partition());
        }
    }

    /** What somebody else finds who reads there. It takes a while, which here nothing else does. */
    private String reason(Consumer<?, ?> client, TopicPartition partition) {
        try (var reader = new KafkaConsumer<>(
                Handover.aside(configuration), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(partition));
            reader.seek(partition, client.position(partition, READ_WITHIN));
            return reader.poll(READ_WITHIN).isEmpty()
                    ? "Kafka does not hand it over to another one either"
                    : "another one can read it, so that a restart of this process should help";
        } catch (RuntimeException | LinkageError e) {
            LOG.debugf(e, "%s can't be read", partition);
            return "it can't read it, " + described(e);
        }
    }

    private static String described(Throwable thrown) {
        var cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == thrown ? thrown.toString() : thrown + ", caused by " + cause;
    }
}
