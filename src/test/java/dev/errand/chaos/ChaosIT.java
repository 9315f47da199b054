package dev.errand.chaos;

import static dev.errand.testsupport.People.operator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.ReplicatedMySql;
import dev.errand.testsupport.Servers;
import io.restassured.http.ContentType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Actions flow while processes, database and broker are killed and partitions move. A short run in every build, the long
 * one with {@code -Pchaos}; {@code -Dchaos.seed} repeats a run's decisions.
 */
class ChaosIT {

    private static final String TOPIC = "chaos";
    private static final String GROUP = "errand-chaos";
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(4);

    /** What is done to the system, and how often. */
    private enum Fault {
        KILL_PROCESS,
        KILL_DATABASE,
        KILL_BROKER,
        REVOKE,
        FREEZE_PROCESS,
        FAIL_OVER
    }

    private final int actions = Integer.getInteger("chaos.actions");
    private final int failing = Integer.getInteger("chaos.failing");
    private final int users = Integer.getInteger("chaos.users", 200);
    private final int instances = Integer.getInteger("chaos.instances");
    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Map<Fault, Integer> faults = Map.of(
            Fault.KILL_PROCESS, Integer.getInteger("chaos.processes"),
            Fault.KILL_DATABASE, Integer.getInteger("chaos.databases"),
            Fault.KILL_BROKER, Integer.getInteger("chaos.brokers"),
            Fault.REVOKE, Integer.getInteger("chaos.revocations"),
            Fault.FREEZE_PROCESS, Integer.getInteger("chaos.freezes"),
            Fault.FAIL_OVER, Integer.getInteger("chaos.failovers"));

    private static final Duration STANDSTILL = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofMinutes(40);

    @TempDir
    Path directory;

    private final KafkaServer kafka = Servers.kafka();
    private final ReplicatedMySql mySql = new ReplicatedMySql();
    private final List<Application> applications = new ArrayList<>();
    private Database database;
    private LocalDateTime failedOverAt = LocalDateTime.MIN;
    private int started;

    @BeforeEach
    void start() throws Exception {
        kafka.start();
        mySql.start();
        database = mySql.database();
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 8, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        for (int i = 0; i < instances; i++) {
            applications.add(startApplication().awaitReady());
        }
    }

    @AfterEach
    void stop() {
        applications.forEach(Application::terminate);
        applications.forEach(Application::close);
        kafka.close();
        mySql.close();
    }

    @Test
    void shouldApplyEveryActionOnceAndInOrderWhateverIsKilled() throws Exception {
        // Given
        System.out.printf(
                "Chaos with seed %d: %d actions, %d users, %d instances, %s%n",
                seed, actions, users, instances, faults);
        var random = new Random(seed);
        try (var sent = new Sent(kafka.bootstrapServers(), TOPIC, seed, false)) {
            var plan = plan(random, 1);

            // When
            for (var fault : plan) {
                prepare(fault);
                sent.publish(actions / (plan.size() + 1), users);
                strike(fault, random);
            }
            sent.publish(actions - sent.actions() - sent.repeats(), users);
            sent.awaitAcknowledged(Duration.ofMinutes(2));
            awaitWhileItGoesOn(() -> committed().equals(ends()));

            // Then
            sent.assertAppliedOnce(database);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
            sent.assertEventsPublished();
            var commits = commitsSinceFailover();
            sent.assertNeverCommittedTooFar(database, commits);
            System.out.printf(
                    "Chaos with seed %d: %d actions and %d repeats applied once and in order, %d taken back and never"
                            + " applied, %d commits none too far%n",
                    seed, sent.actions(), sent.repeats(), sent.takenBack(), commits.size());
        }
        assertThat(applications).allMatch(Application::isAlive);
    }

    @Test
    void shouldApplyEveryActionOnceAndInOrderWhateverFailsMeanwhile() throws Exception {
        // Given
        System.out.printf("Chaos of failures with seed %d: %d actions, %d instances%n", seed, failing, instances);
        var random = new Random(seed);
        var troubles = new Troubles(database);
        troubles.begin();
        try (var sent = new Sent(kafka.bootstrapServers(), TOPIC, seed, true)) {
            var plan = plan(random, 5);

            // When
            for (var fault : plan) {
                prepare(fault);
                sent.publish(failing / (plan.size() + 1), failing / 10);
                strike(fault, random);
            }
            sent.publish(failing - sent.actions() - sent.repeats(), failing / 10);
            sent.awaitAcknowledged(Duration.ofMinutes(2));
            awaitWhileItGoesOn(() -> committed().equals(ends()));
            var kept = database.rows(
                    "SELECT state, COUNT(*) FROM parked_action GROUP BY state ORDER BY state",
                    row -> row.getString(1) + " " + row.getLong(2));
            troubles.endLongOnes();
            awaitWhileItGoesOn(() -> open("RETRYING") == 0);
            var dead = open("DEAD");
            troubles.endAll();

            // When
            retryAllDead(applications.get(0).awaitReady());

            // Then
            awaitWhileItGoesOn(() -> open("RETRYING") + open("WAITING") + open("DEAD") == 0);
            sent.assertAppliedOnce(database);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
            sent.assertEventsPublished();
            sent.assertNeverCommittedTooFar(database, commitsSinceFailover());
            assertThat(database.number("SELECT COUNT(*) FROM blocked_user")).isZero();
            assertThat(dead).as("dead, and retried by hand").isPositive();
            System.out.printf(
                    "Chaos of failures with seed %d: %d actions and %d repeats applied once and in order; when all had"
                            + " arrived %s, %d dead retried by hand%n",
                    seed, sent.actions(), sent.repeats(), kept, dead);
        }
        assertThat(applications).allMatch(Application::isAlive);
    }

    /** Waits as long as anything progresses. The speed depends on the machine, so there is no limit for the whole. */
    private void awaitWhileItGoesOn(Callable<Boolean> condition) {
        var last = new AtomicReference<String>("");
        var movedAt = new AtomicLong(System.nanoTime());
        await().atMost(LONGEST).pollInterval(Duration.ofMillis(500)).until(() -> {
            var now = committed() + " "
                    + database.number("SELECT COUNT(*) + COUNT(processed_at) FROM user_action")
                    + " "
                    + database.number(
                            "SELECT COUNT(*) FROM parked_action WHERE state IN ('RETRYING', 'WAITING', 'DEAD')");
            if (!now.equals(last.getAndSet(now))) {
                movedAt.set(System.nanoTime());
            }
            assertThat(Duration.ofNanos(System.nanoTime() - movedAt.get()))
                    .as("nothing has moved since %s", now)
                    .isLessThan(STANDSTILL);
            return condition.call();
        });
    }

    private long open(String state) {
        return database.number("SELECT COUNT(*) FROM parked_action WHERE state = ?", state);
    }

    private static void retryAllDead(Application application) {
        operator()
                .contentType(ContentType.JSON)
                .body("{\"perSecond\":1000}")
                .post(application.url() + "/api/failed-actions/retries")
                .then()
                .statusCode(202);
    }

    /**
     * Earlier commits are left out: MySQL may have lost what they stand for, and the time at which it is done again says nothing
     * about them. Commits that a later, smaller commit takes back are left out too: a process made them before it noticed the
     * failover.
     */
    private List<CommitLog.Commit> commitsSinceFailover() {
        var since = CommitLog.of(GROUP, kafka.bootstrapServers()).stream()
                .filter(commit -> commit.at().isAfter(failedOverAt))
                .toList();
        return since.stream()
                .filter(commit -> since.stream()
                        .noneMatch(later -> later.partition().equals(commit.partition())
                                && later.at().isAfter(commit.at())
                                && later.offset() < commit.offset()))
                .toList();
    }

    /** @param part of the faults that are made, at least one of each kind; failovers come in the first half */
    private List<Fault> plan(Random random, int part) {
        var plan = new ArrayList<Fault>();
        faults.forEach(
                (fault, times) -> plan.addAll(Collections.nCopies(times == 0 ? 0 : Math.max(1, times / part), fault)));
        Collections.sort(plan);
        Collections.shuffle(plan, random);
        var failovers = Collections.frequency(plan, Fault.FAIL_OVER);
        plan.removeIf(fault -> fault == Fault.FAIL_OVER);
        for (int i = 0; i < failovers; i++) {
            plan.add(random.nextInt(plan.size() / 2 + 1), Fault.FAIL_OVER);
        }
        return plan;
    }

    /** Before a failover, starts a standby and stops its replication: it lacks what is done from now on. */
    private void prepare(Fault fault) {
        if (fault == Fault.FAIL_OVER) {
            mySql.startStandby();
            mySql.holdStandbyBack();
        }
    }

    private void strike(Fault fault, Random random) throws Exception {
        switch (fault) {
            case KILL_PROCESS -> {
                var victim = random.nextInt(applications.size());
                applications.get(victim).kill();
                applications.set(victim, startApplication());
            }
            case KILL_DATABASE -> {
                // A process that finds no database at its start ends, as it should.
                applications.forEach(Application::awaitReady);
                mySql.killAndRestart();
            }
            case KILL_BROKER -> {
                kafka.kill();
                kafka.start();
            }
            case REVOKE -> revoke();
            case FAIL_OVER -> {
                applications.forEach(Application::awaitReady);
                var missing = database.number("SELECT COUNT(*) FROM user_action")
                        - mySql.standbyDatabase().number("SELECT COUNT(*) FROM user_action");
                mySql.failOver();
                failedOverAt = LocalDateTime.now(ZoneOffset.UTC);
                System.out.printf("MySQL failed over to a standby that lacked %d actions%n", missing);
            }
            case FREEZE_PROCESS -> freeze(applications.get(random.nextInt(applications.size())));
        }
    }

    /** Stops a process until its partitions are assigned to others, then lets it continue. */
    private void freeze(Application victim) throws Exception {
        victim.freeze();
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            // If it was killed just before and has not joined again, the group is small from the beginning.
            await().pollDelay(SESSION_TIMEOUT)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> KafkaAdmin.members(admin, GROUP).size() < instances);
        } finally {
            victim.thaw();
        }
    }

    /** Another member joins the group, gets partitions, and leaves: they are revoked, and come back. */
    private void revoke() {
        var config = new HashMap<String, Object>();
        config.put("bootstrap.servers", kafka.bootstrapServers());
        config.put("group.id", GROUP);
        config.put("enable.auto.commit", false);
        config.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        try (var visitor = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            visitor.subscribe(List.of(TOPIC));
            await().pollInSameThread().atMost(Duration.ofSeconds(60)).until(() -> {
                visitor.poll(Duration.ofMillis(200));
                return !visitor.assignment().isEmpty();
            });
        }
    }

    private Map<TopicPartition, Long> committed() throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            var offsets = new HashMap<TopicPartition, Long>();
            KafkaAdmin.committed(admin, GROUP).forEach((partition, offset) -> offsets.put(partition, offset.offset()));
            return offsets;
        }
    }

    private Map<TopicPartition, Long> ends() throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            var ends = KafkaAdmin.ends(admin, TOPIC);
            ends.values().removeIf(end -> end == 0);
            return ends;
        }
    }

    private Application startApplication() {
        var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        configuration.put("errand.topics", TOPIC);
        configuration.put("errand.group", GROUP);
        // A killed member's partitions are given to others after this long.
        configuration.put("mp.messaging.incoming.user-actions.session.timeout.ms", "" + SESSION_TIMEOUT.toMillis());
        configuration.put("mp.messaging.incoming.user-actions.heartbeat.interval.ms", "1000");
        // The default delays grow to days.
        configuration.put("errand.retry.first-delay", "1s");
        configuration.put("errand.retry.multiplier", "1");
        configuration.put("errand.retry.max-delay", "3s");
        configuration.put("errand.retry.attempts", "1000");
        configuration.put("quarkus.transaction-manager.default-transaction-timeout", "10s");
        var log = directory.resolve("application-" + ++started + ".log");
        return Application.start(
                log, List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), configuration);
    }
}
