package dev.errand.engine.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.error.Failure;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.quarantine.UnfinishedRecords.Known;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.Seen;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which records run together with others, alone or not at all. A map stands for the table of marks. */
class SuspectsTest {

    private final List<String> log = new ArrayList<>();
    private final Map<String, Known> table = new HashMap<>();
    private final RunLock lock = new RunLock();
    private final ThreadHeartbeat heartbeat = new ThreadHeartbeat("a worker", Duration.ofMinutes(1), System::nanoTime);
    private boolean databaseWorks = true;
    private boolean stopping;

    private final DeliveryMarks marks = new DeliveryMarks() {
        @Override
        public Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws SQLException {
            log.add("find " + suspects.size());
            if (!databaseWorks) {
                throw new SQLException("Communications link failure", "08S01", 0);
            }
            return suspects.stream()
                    .collect(
                            Collectors.toMap(each -> each, each -> table.getOrDefault(each.toString(), Known.NOTHING)));
        }

        @Override
        public void begin(Collection<InFlightRecord> suspects, int unendedBefore) {
            log.add("begin " + suspects + " after " + unendedBefore);
        }

        @Override
        public void wasRead(InFlightRecord suspect) {
            log.add("was read " + suspect);
        }

        @Override
        public void end(Collection<InFlightRecord> ended, Collection<InFlightRecord> notRun) {
            log.add("ended " + ended + ", not run " + notRun);
        }
    };

    private boolean databaseWorks() {
        log.add("database works?");
        return databaseWorks;
    }

    private Suspects suspects() {
        return new Suspects(
                marks,
                lock,
                this::databaseWorks,
                new SafeObserver(new Seen()),
                heartbeat,
                any -> !stopping,
                Clock.systemUTC());
    }

    private List<Requeue<InFlightRecord>> carryThrough(List<? extends InFlightRecord> records) {
        return carryThrough(records, any -> List.of());
    }

    private List<Requeue<InFlightRecord>> carryThrough(
            List<? extends InFlightRecord> records, Function<List<InFlightRecord>, List<Requeue<InFlightRecord>>> run) {
        return suspects().carryThrough(List.copyOf(records), now -> {
            log.add("run " + now);
            return run.apply(now);
        });
    }

    private static GivenRecord healthy(String user, int number) {
        return new GivenRecord(user, number);
    }

    private static GivenRecord suspect(String user, int number) {
        var record = new GivenRecord(user, number);
        record.suspect = true;
        return record;
    }

    private static Map<String, List<InFlightRecord>> byUser(List<Requeue<InFlightRecord>> retries) {
        Map<String, List<InFlightRecord>> requeued = new LinkedHashMap<>();
        retries.forEach(
                retry -> assertThat(requeued.putIfAbsent(retry.items().get(0).user(), retry.items()))
                        .as("one requeue for each user")
                        .isNull());
        return requeued;
    }

    @Test
    void shouldWriteNothingDownWhereNothingIsUnderSuspicion() {
        carryThrough(List.of(healthy("a", 1), healthy("b", 2)));

        assertThat(log).containsExactly("run [a:1, b:2]");
    }

    @Test
    void shouldWriteDownOnlyWhatIsUnderSuspicionUntilItEnds() {
        carryThrough(List.of(suspect("a", 1), healthy("b", 2), suspect("c", 3)));

        assertThat(log)
                .containsExactly(
                        "find 2", "begin [a:1, c:3] after 0", "run [a:1, b:2, c:3]", "ended [a:1, c:3], not run []");
    }

    @Test
    void shouldSendBackWhatCameToNoEndAndItsUsersLaterOnesAndRunTheOthers() {
        table.put("a:2", new Known(1, false));
        var guilty = suspect("a", 2);

        var retries = carryThrough(List.of(suspect("a", 1), guilty, suspect("b", 3), suspect("a", 4)));

        assertThat(log).contains("run [a:1, b:3]");
        assertThat(guilty.alone()).isTrue();
        assertThat(byUser(retries).keySet()).containsExactly("a");
        assertThat(byUser(retries).get("a").toString()).isEqualTo("[a:2, a:4]");
    }

    @Test
    void shouldPutWhatComesBackOfAUserBeforeWhatWasNotRun() {
        table.put("a:2", new Known(1, false));
        var first = suspect("a", 1);

        var retries = carryThrough(
                List.of(first, suspect("a", 2)), now -> List.of(new Requeue<>(List.of(first), Duration.ofSeconds(7))));

        assertThat(byUser(retries).get("a").toString()).isEqualTo("[a:1, a:2]");
        assertThat(retries.get(0).after()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void shouldRunFewAtOnceSoThatFewStandBesideTheGuiltyOne() {
        var records =
                IntStream.range(0, 500).mapToObj(i -> suspect("u" + i % 100, i)).toList();

        var retries = carryThrough(records);

        var later = retries.stream().mapToInt(retry -> retry.items().size()).sum();
        assertThat(later).isEqualTo(500 - 32);
        assertThat(byUser(retries)).hasSize(100);
    }

    @Test
    void shouldRunByItselfWhatCameToNoEnd() {
        table.put("a:1", new Known(2, true));

        carryThrough(List.of(suspect("a", 1)), now -> {
            assertThat(isFree()).as("others may run beside it").isFalse();
            return List.of();
        });

        assertThat(log)
                .containsExactly(
                        "find 1", "begin [a:1] after 2", "was read a:1", "run [a:1]", "ended [a:1], not run []");
        assertThat(isFree()).isTrue();
    }

    private boolean isFree() {
        var held = new CountDownLatch(1);
        var other = new Thread(() -> {
            var mine = lock.shared(new ThreadHeartbeat("another", Duration.ofMinutes(1), System::nanoTime));
            try (mine) {
                held.countDown();
            }
        });
        other.setDaemon(true);
        other.start();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> held.getCount() == 0 || other.getState() == Thread.State.WAITING);
        return held.getCount() == 0;
    }

    @Test
    void shouldKeepAsDeadWithoutRunningItWhatCameToNoEndThreeTimes() {
        table.put("a:1", new Known(3, true));
        var guilty = suspect("a", 1);

        carryThrough(List.of(guilty));

        assertThat(log).containsExactly("find 1", "run [a:1]");
        assertThat(guilty.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.permanent()).isTrue();
            assertThat(failure.errorClass()).isEqualTo("Unended");
            assertThat(failure.message()).isEqualTo("its last 3 deliveries never ended: their processes died or hung");
        });
        assertThat(guilty.decoded()).isInstanceOf(DecodedRecord.ReadableRecord.class);
    }

    @Test
    void shouldNotEvenReadWhatEndsItsProcessWhileItIsRead() {
        table.put("a:1", new Known(3, false));
        var guilty = suspect("a", 1);

        carryThrough(List.of(guilty));

        assertThat(guilty.decoded()).isInstanceOf(DecodedRecord.UnreadableRecord.class);
        assertThat(guilty.failures().get(0).errorClass()).isEqualTo("Unended");
    }

    @Test
    void shouldSayOnceThatItIsGivenUpHoweverOftenItCantBeKept() {
        table.put("a:1", new Known(3, true));
        var guilty = suspect("a", 1);

        carryThrough(List.of(guilty), now -> List.of(new Requeue<>(now, Duration.ZERO)));
        carryThrough(List.of(guilty));

        assertThat(guilty.failures()).hasSize(1);
    }

    @Test
    void shouldTakeAFailureForAnEnd() {
        var failing = suspect("a", 1);

        carryThrough(List.of(failing), now -> {
            failing.failed(Failure.of(new IllegalStateException("on purpose"), false, Instant.now()));
            return List.of(new Requeue<>(now, Duration.ZERO));
        });

        assertThat(log).last().isEqualTo("ended [a:1], not run []");
    }

    @Test
    void shouldNotTakeItForAnEndThatAnActionWaitsForItsTurn() {
        carryThrough(List.of(suspect("a", 1)), now -> List.of(new Requeue<>(now, Duration.ofSeconds(1))));

        assertThat(log).last().isEqualTo("ended [], not run [a:1]");
    }

    @Test
    void shouldNotTakeItForAnEndThatAPartitionLeaves() {
        var leaving = suspect("a", 1);

        carryThrough(List.of(leaving, suspect("b", 2)), now -> {
            leaving.abandoned = true;
            return List.of();
        });

        assertThat(log).last().isEqualTo("ended [b:2], not run [a:1]");
    }

    @Test
    void shouldNotTakeItForAnEndThatEverythingStops() {
        carryThrough(List.of(suspect("a", 1)), now -> {
            stopping = true;
            return List.of();
        });

        assertThat(log).last().isEqualTo("ended [], not run [a:1]");
    }

    @Test
    void shouldBeginNothingByItselfAnyMoreWhenEverythingStops() {
        table.put("a:1", new Known(2, true));
        stopping = true;

        var retries = carryThrough(List.of(suspect("a", 1)));

        assertThat(log).containsExactly("find 1");
        assertThat(retries).hasSize(1);
    }

    @Test
    void shouldRunNothingThatCantBeWrittenDownBefore() {
        databaseWorks = false;
        var records = List.of(suspect("a", 1), healthy("b", 2), suspect("a", 3));

        var retries = carryThrough(records);

        assertThat(log).containsExactly("find 2", "database works?");
        assertThat(byUser(retries).get("a").toString()).isEqualTo("[a:1, a:3]");
        assertThat(byUser(retries).get("b").toString()).isEqualTo("[b:2]");
        assertThat(retries).allMatch(retry -> retry.after().equals(Duration.ofSeconds(1)));
    }
}
