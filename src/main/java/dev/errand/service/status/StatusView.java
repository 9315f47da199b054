package dev.errand.service.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people see of Errand's state. */
public final class StatusView {

    private StatusView() {}

    /**
     * A partition as the process that has it says.
     *
     * @param next the offset up to which all is done
     * @param unfinished actions received and not done
     * @param oldestSeconds how long ago the oldest of them was published; 0 without any
     */
    public record PartitionState(String topic, int partition, long next, int unfinished, double oldestSeconds) {}

    /**
     * What a process says of itself.
     *
     * @param takesActions whether it takes actions from Kafka at all, or is there for API and console only
     * @param paused whether it has stopped taking actions because it was told to
     * @param actionsPerSecond done since it last said so
     * @param oldestSeconds how long ago the oldest unfinished action was published; 0 without any
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

    /** A process that was seen in the last seconds. */
    public record ProcessState(
            String process, String host, Instant startedAt, Instant seenAt, ProcessNumbers numbers) {}

    /** The switch that pauses all processes. */
    public record Intake(boolean paused, String reason, String actor, Instant changedAt) {}

    /**
     * A partition as Kafka and the process that has it say.
     *
     * @param position the offset that is committed; null before the first commit
     * @param end the offset that the next published action will have
     * @param lag actions that are published and whose offsets are not committed
     * @param host where the consumer runs that has the partition; null where none has
     * @param unfinished actions received and not done; null where no process has the partition
     * @param oldestSeconds how long ago the oldest of them was published
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
     * @param trouble why Kafka can't be asked; null where it answered
     */
    public record Consumer(
            String group,
            Intake intake,
            List<PartitionLag> partitions,
            @Nullable String trouble) {}

    /**
     * How Errand is doing, all processes together.
     *
     * @param lag actions published and not committed; null where Kafka can't be asked
     * @param kafka null where all is well, otherwise what is wrong
     * @param database null where it takes writes, otherwise what keeps it from that, as this process last saw it
     * @param failed how many failed actions are in each state that is not over
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
     * What became of actions in a minute, all processes together.
     *
     * @param outcomes how many by outcome; those without any are left out
     */
    public record Minute(Instant minute, Map<String, Long> outcomes) {}
}
