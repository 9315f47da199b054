package dev.errand.service.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Errand's state, as API and console show it. */
public final class StatusView {

    private StatusView() {}

    /**
     * A partition, as the process that it is assigned to reports it.
     *
     * @param next all records before this offset are done; -1 before the first record
     * @param unfinished records that are received and not done
     * @param oldestSeconds age of the oldest of them, since it was published; 0 if there is none
     */
    public record PartitionState(String topic, int partition, long next, int unfinished, double oldestSeconds) {}

    /**
     * What a process reports of itself.
     *
     * @param takesActions whether it consumes actions at all; false if it only serves API and console
     * @param paused whether its consumption is paused
     * @param actionsPerSecond actions done per second since its last report
     * @param oldestSeconds age of the oldest unfinished action, since it was published; 0 if there is none
     */
    public record ProcessNumbers(
            boolean takesActions,
            boolean paused,
            double actionsPerSecond,
            int workers,
            int busyWorkers,
            int waitingActions,
            int waitingUsers,
            int suspendedUsers,
            long waitingBytes,
            int connections,
            int connectionsInUse,
            double oldestSeconds,
            List<PartitionState> partitions) {

        public ProcessNumbers {
            partitions = List.copyOf(partitions);
        }
    }

    /** A process that has reported in the last seconds. */
    public record ProcessState(
            String process, String host, Instant startedAt, Instant seenAt, ProcessNumbers numbers) {}

    /** The flag that pauses all processes. */
    public record Intake(boolean paused, String reason, String actor, Instant changedAt) {}

    /**
     * A partition, as Kafka and the process that it is assigned to report it.
     *
     * @param position the committed offset; null before the first commit
     * @param end the offset that the next published record will have
     * @param lag actions that are published and whose offsets are not committed
     * @param host the host of the consumer that the partition is assigned to; null if it is not assigned
     * @param unfinished records that are received and not done; null if no process reports the partition
     * @param oldestSeconds age of the oldest of them, since it was published; 0 if there is none; null if no process
     *     reports the partition
     */
    public record PartitionLag(
            String topic,
            int partition,
            @Nullable Long position,
            long end,
            long lag,
            @Nullable String host,
            @Nullable Integer unfinished,
            @Nullable Double oldestSeconds) {}

    /**
     * The consumer group.
     *
     * @param trouble why Kafka does not answer; null if it does
     */
    public record Consumer(
            String group,
            Intake intake,
            List<PartitionLag> partitions,
            @Nullable String trouble) {}

    /**
     * The state of all processes together.
     *
     * @param lag actions that are published and whose offsets are not committed; null if Kafka does not answer
     * @param kafka why Kafka does not answer; null if it does
     * @param database why the database takes no writes, as this process last saw it; null if it takes them
     * @param failed how many failed actions are in each unfinished state
     */
    public record Overview(
            Instant at,
            Intake intake,
            double actionsPerSecond,
            @Nullable Long lag,
            double oldestSeconds,
            int waitingActions,
            int waitingUsers,
            int suspendedUsers,
            int workers,
            int busyWorkers,
            int connections,
            int connectionsInUse,
            @Nullable String kafka,
            @Nullable String database,
            Map<String, Long> failed,
            List<ProcessState> processes) {}

    /**
     * What became of actions in one minute, in all processes together.
     *
     * @param outcomes the number of actions by outcome; outcomes without any are left out
     */
    public record Minute(Instant minute, Map<String, Long> outcomes) {}
}
