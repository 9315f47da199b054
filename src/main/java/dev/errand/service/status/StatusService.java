package dev.errand.service.status;

import dev.errand.engine.database.DatabaseProbe;
import dev.errand.engine.offsets.ConsumerGroup;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedBacklog;
import dev.errand.engine.query.Queries;
import dev.errand.service.status.StatusView.Consumer;
import dev.errand.service.status.StatusView.Overview;
import dev.errand.service.status.StatusView.PartitionLag;
import dev.errand.service.status.StatusView.PartitionState;
import dev.errand.service.status.StatusView.ProcessNumbers;
import dev.errand.service.status.StatusView.ProcessState;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Combines the state of Errand from MySQL and Kafka. However many ask, MySQL and Kafka are queried once a second at
 * most. Thread-safe.
 */
@Singleton
public class StatusService {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final InstanceRegistry instances;
    private final PauseFlag pauseFlag;
    private final ConsumerGroup group;
    private final Queries queries;
    private final DatabaseProbe probe;
    private final Clock clock = Clock.systemUTC();
    private final AtomicReference<@Nullable Seen> seen = new AtomicReference<>();

    @Inject
    StatusService(
            InstanceRegistry instances,
            PauseFlag pauseFlag,
            ConsumerGroup group,
            Queries queries,
            DatabaseProbe probe) {
        this.instances = instances;
        this.pauseFlag = pauseFlag;
        this.group = group;
        this.queries = queries;
        this.probe = probe;
    }

    /** What was read at a time, or why nothing could be read. */
    private record Seen(
            Instant at,
            @Nullable Overview overview,
            @Nullable Consumer consumer,
            @Nullable SQLException trouble) {}

    /** The state of all processes together. */
    public Overview overview() throws SQLException {
        return Objects.requireNonNull(look().overview);
    }

    /** The consumer group by partition. */
    public Consumer consumer() throws SQLException {
        return Objects.requireNonNull(look().consumer);
    }

    /**
     * One caller queries, the others share the result. They share a failure as well, so that they do not wait for the
     * same outage one after the other.
     */
    private synchronized Seen look() throws SQLException {
        var last = seen.get();
        if (last == null || last.at.plus(FRESH).isBefore(clock.instant())) {
            last = lookAnew();
            seen.set(last);
        }
        if (last.trouble != null) {
            throw new SQLException(last.trouble.getMessage(), last.trouble);
        }
        return last;
    }

    private Seen lookAnew() {
        try {
            var running = instances.running();
            var consumer = consumer(running);
            var overview = overview(clock.instant(), running, consumer);
            return new Seen(clock.instant(), overview, consumer, null);
        } catch (SQLException e) {
            return new Seen(clock.instant(), null, null, e);
        }
    }

    /** Drops the last result, so that a change is visible at once. */
    public void forget() {
        seen.set(null);
    }

    private Consumer consumer(List<ProcessState> running) throws SQLException {
        Map<TopicPartition, PartitionState> states = new HashMap<>();
        running.forEach(process -> process.numbers()
                .partitions()
                .forEach(each -> states.put(new TopicPartition(each.topic(), each.partition()), each)));
        try {
            var partitions = group.partitions().stream()
                    .map(each -> lag(each, states.get(each.at())))
                    .toList();
            return new Consumer(group.name(), pauseFlag.intake(), partitions, null);
        } catch (KafkaException e) {
            return new Consumer(group.name(), pauseFlag.intake(), List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static PartitionLag lag(ConsumerGroup.Partition partition, @Nullable PartitionState state) {
        return new PartitionLag(
                partition.at().topic(),
                partition.at().partition(),
                partition.committed(),
                partition.end(),
                partition.lag(),
                partition.host(),
                state == null ? null : state.unfinished(),
                state == null ? null : state.oldestSeconds());
    }

    private Overview overview(Instant now, List<ProcessState> running, Consumer consumer) throws SQLException {
        return new Overview(
                now,
                consumer.intake(),
                sum(running, ProcessNumbers::actionsPerSecond),
                consumer.trouble() != null
                        ? null
                        : consumer.partitions().stream()
                                .mapToLong(PartitionLag::lag)
                                .sum(),
                running.stream()
                        .mapToDouble(each -> each.numbers().oldestSeconds())
                        .max()
                        .orElse(0),
                count(running, ProcessNumbers::waitingActions),
                count(running, ProcessNumbers::waitingUsers),
                count(running, ProcessNumbers::suspendedUsers),
                count(running, ProcessNumbers::workers),
                count(running, ProcessNumbers::busyWorkers),
                count(running, ProcessNumbers::connections),
                count(running, ProcessNumbers::connectionsInUse),
                consumer.trouble(),
                probe.lastTrouble().orElse(null),
                failed(),
                running);
    }

    private Map<String, Long> failed() throws SQLException {
        var backlog = queries.with(ParkedBacklog::of).actions();
        Map<String, Long> failed = new LinkedHashMap<>();
        for (var state : List.of(ParkedState.DEAD, ParkedState.RETRYING, ParkedState.WAITING)) {
            failed.put(state.name(), backlog.getOrDefault(state, 0L));
        }
        return failed;
    }

    private static double sum(List<ProcessState> running, ToDoubleFunction<ProcessNumbers> number) {
        return running.stream()
                .mapToDouble(each -> number.applyAsDouble(each.numbers()))
                .sum();
    }

    private static int count(List<ProcessState> running, ToIntFunction<ProcessNumbers> number) {
        return running.stream()
                .mapToInt(each -> number.applyAsInt(each.numbers()))
                .sum();
    }
}
