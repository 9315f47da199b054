package dev.errand.service.metrics;

import dev.errand.engine.database.DatabaseProbe;
import dev.errand.engine.intake.EngineStatus;
import dev.errand.engine.liveness.PeriodicThread;
import dev.errand.engine.offsets.ConsumerGroup;
import dev.errand.engine.offsets.GapWatch;
import dev.errand.engine.offsets.OffsetGaps;
import dev.errand.engine.outbox.Outbox;
import dev.errand.engine.parking.view.ParkedBacklog;
import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Samples the state of MySQL and Kafka at intervals, on one thread. Readers get the last sample at once, also while
 * MySQL or Kafka is down. Thread-safe.
 */
@Singleton
public final class DependencyMonitor {

    private static final Logger LOG = Logger.getLogger(DependencyMonitor.class);
    private static final Duration LAST_QUESTION = Duration.ofSeconds(2);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(15);

    private final AgroalDataSource dataSource;
    private final ConsumerGroup group;
    private final EngineStatus engine;
    private final GapWatch gapWatch;
    private final OffsetGaps gaps;
    private final ProbeConsumer probeConsumer;
    private final DatabaseProbe probe;
    private final Duration interval;
    private final Duration stalledAfter;
    private final StallDetector stallDetector;
    private final Clock clock = Clock.systemUTC();
    private final PeriodicThread thread = new PeriodicThread("errand-sampler", this::sample);

    private volatile @Nullable Availability database;
    private volatile @Nullable Availability kafka;
    private volatile @Nullable Backlog backlog;
    private volatile List<ConsumerGroup.Partition> partitions = List.of();
    private volatile List<String> stalled = List.of();
    private volatile List<OffsetGaps.Gap> openGaps = List.of();
    private volatile @Nullable Consumer<List<ConsumerGroup.Partition>> listener;

    @Inject
    DependencyMonitor(
            AgroalDataSource dataSource,
            ConsumerGroup group,
            EngineStatus engine,
            GapWatch gapWatch,
            OffsetGaps gaps,
            ProbeConsumer probeConsumer,
            DatabaseProbe probe,
            MetricsConfig config) {
        this.dataSource = dataSource;
        this.probe = probe;
        this.group = group;
        this.engine = engine;
        this.gapWatch = gapWatch;
        this.gaps = gaps;
        this.probeConsumer = probeConsumer;
        this.interval = config.sampleInterval();
        this.stalledAfter = config.stalledAfter();
        this.stallDetector =
                new StallDetector(stalledAfter, interval.multipliedBy(3).plus(MARGIN), System::nanoTime);
    }

    /**
     * The work that waits in the database.
     *
     * @param at when it was sampled
     */
    record Backlog(Instant at, ParkedBacklog failed, Outbox.Backlog outbox) {}

    /** Whether the database answers and takes writes; empty before the first sample. */
    public Optional<Availability> database() {
        return Optional.ofNullable(database);
    }

    /** Whether Kafka answers; empty before the first sample. */
    public Optional<Availability> kafka() {
        return Optional.ofNullable(kafka);
    }

    /**
     * The partitions from which this process receives nothing though Kafka has more records, as {@code topic-0},
     * sorted.
     */
    public List<String> stalled() {
        return stalled;
    }

    /** Gaps that nobody has accepted yet, the latest first. */
    public List<String> gaps() {
        return openGaps.stream()
                .map(gap -> "%s-%d from %d to %d %s"
                        .formatted(gap.topic(), gap.partition(), gap.from(), gap.to(), gap.cause()))
                .toList();
    }

    /** Partitions of this process that are held because of a gap, as {@code topic-0}, sorted. */
    public List<String> held() {
        return engine.held();
    }

    /** The last sample of the database; empty until the database has answered once. */
    Optional<Backlog> backlog() {
        return Optional.ofNullable(backlog);
    }

    /**
     * A message with the numbers of quarantined events and dead actions, which can't be published; empty if there are
     * none.
     */
    public Optional<String> quarantined() {
        return backlog()
                .filter(known -> known.outbox.quarantined() + known.failed.quarantined() > 0)
                .map(known -> known.outbox.quarantined() + " events and " + known.failed.quarantined()
                        + " dead actions can't be published");
    }

    /** Sets the listener of the group's partitions. It is called at once and after each answer of Kafka. */
    void onPartitions(Consumer<List<ConsumerGroup.Partition>> listener) {
        this.listener = listener;
        listener.accept(partitions);
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        thread.stop(LAST_QUESTION);
    }

    private Duration sample() {
        database = asked("The database", database, this::askDatabase);
        kafka = asked("Kafka", kafka, this::askKafka);
        return interval;
    }

    /** A query to a dependency that may be down. */
    @FunctionalInterface
    private interface Question {
        /** @return what is wrong although the dependency answers; null if nothing is */
        @Nullable
        String ask() throws SQLException;
    }

    private Availability asked(String whom, @Nullable Availability before, Question question) {
        String why;
        try {
            why = question.ask();
        } catch (SQLException | RuntimeException | LinkageError e) {
            why = e instanceof KafkaException && e.getMessage() != null
                    ? e.getMessage()
                    : e.getClass().getSimpleName();
            LOG.debugf(e, "%s does not answer", whom);
        }
        var reach = Availability.after(before, clock.instant(), why);
        if (!thread.isStopping() && (before == null ? reach.isAway() : reach.isAway() != before.isAway())) {
            LOG.warnf("%s has been %s", whom, reach);
        }
        return reach;
    }

    private @Nullable String askDatabase() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            backlog = new Backlog(clock.instant(), ParkedBacklog.of(connection), Outbox.backlog(connection));
        }
        openGaps = gaps.unaccepted();
        return probe.trouble().orElse(null);
    }

    private @Nullable String askKafka() {
        try {
            partitions = group.partitions();
        } catch (UnknownTopicOrPartitionException notCreatedYet) {
            partitions = List.of();
        }
        var current = listener;
        if (current != null) {
            current.accept(partitions);
        }
        lookForStalls();
        lookForGaps();
        return null;
    }

    private void lookForGaps() {
        try {
            gapWatch.look(partitions);
        } catch (SQLException e) {
            LOG.debug("Could not look for gaps: the database is down", e);
        }
    }

    /** Called only after Kafka has answered: a partition is not stalled because Kafka is down. */
    private void lookForStalls() {
        var news = stallDetector.look(partitions, engine.partitions(), engine.asks());
        stalled = stallDetector.stalled();
        if (!news.isEmpty()) {
            LOG.errorf(
                    "Nothing has been received from %s for %d s, though Kafka has more records and Errand asks for them: %s",
                    news.stream().map(each -> each.at().toString()).collect(Collectors.joining(", ")),
                    stalledAfter.toSeconds(),
                    reason(news));
        }
    }

    /**
     * A partition that can't be read also holds up the other partitions of its consumer: any of those stalled may be
     * the cause.
     */
    private String reason(List<StallDetector.Stall> stalls) {
        List<String> reasons = new ArrayList<>();
        var began = System.nanoTime();
        for (var stall : stalls) {
            probeConsumer.hindrance(stall.at(), stall.from()).ifPresent(reasons::add);
            if (System.nanoTime() - began > LONGEST_SEARCH.toNanos()) {
                break;
            }
        }
        return reasons.isEmpty()
                ? "another client can read them, so a restart of this process should help"
                : String.join("; ", reasons);
    }
}
