package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.ErrorKind;
import dev.errand.engine.error.Failure;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.engine.scheduler.ScheduledAttempts;
import dev.errand.examples.LoyaltyAccount;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class TransactionalUnitOfWorkTest {

    @Inject
    Probe probe;

    @Inject
    TransactionalUnitOfWork unit;

    @Inject
    ScheduledAttempts attempts;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ParameterizedTest
    @CsvSource({"1, 1", "10, 1", "384, 1", "495, 3"})
    void shouldTakeTheSameFewStatementsWhateverTheBatch(int actions, int parts) throws Exception {
        // Given
        var batch = prepared(actions, newUser());
        var marker = batch.get(0).action().key().id();

        // When
        database.logged(() -> unit.run(batch));

        // Then
        var statements = transactionWith(marker);
        var expected = new ArrayList<String>();
        expected.add("SET autocommit=0");
        expected.addAll(Collections.nCopies(parts, "INSERT IGNORE INTO user_action"));
        expected.add("SELECT user_id FROM blocked_user LIMIT");
        // One statement for all ten users.
        expected.add("INSERT INTO user_activity");
        expected.add("COMMIT");
        expected.add("SET autocommit=1");
        assertThat(statements).zipSatisfy(expected, (statement, beginning) -> assertThat(statement.stripLeading())
                .startsWithIgnoringCase(beginning));
        assertThat(database.number("SELECT COUNT(*) FROM user_action WHERE user_id LIKE ?", userOf(batch) + "%"))
                .isEqualTo(actions);
    }

    /** The statements of one transaction. Before and after it the same connection serves others, such as the relays. */
    private List<String> transactionWith(String marker) {
        var ofConnection = database.texts("""
                SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log
                WHERE command_type = 'Query' AND thread_id = (
                  SELECT thread_id FROM mysql.general_log
                  WHERE argument LIKE CONCAT('INSERT IGNORE INTO user_action%', ?, '%'))
                ORDER BY event_time""", marker);
        int ledger = 0;
        while (!ofConnection.get(ledger).contains(marker)) {
            ledger++;
        }
        var untilLedger = ofConnection.subList(0, ledger);
        var sinceLedger = ofConnection.subList(ledger, ofConnection.size());
        return ofConnection.subList(
                untilLedger.lastIndexOf("SET autocommit=0"), ledger + sinceLedger.indexOf("SET autocommit=1") + 1);
    }

    @Test
    void shouldLeaveOutDuplicatesOfEveryKindOfKey() throws Exception {
        var user = newUser();
        var batch = prepared(20, user);
        unit.run(batch.subList(0, 10));

        unit.run(batch);

        assertThat(database.number("SELECT SUM(action_count) FROM user_activity WHERE user_id LIKE ?", user + "%"))
                .isEqualTo(20);
    }

    @Test
    void shouldKeepEachUsersOrderInSeqWhateverTheIds() throws Exception {
        var user = newUser();
        var batch = new ArrayList<BoundAction>();
        for (int i = 0; i < 50; i++) {
            batch.add(prepared(i, action(user, (50 - i) + "-" + newId())));
        }

        unit.run(batch);

        assertThat(database.texts("SELECT id FROM user_action WHERE user_id = ? ORDER BY seq", user))
                .containsExactlyElementsOf(
                        batch.stream().map(each -> each.action().key().id()).toList());
    }

    @Test
    void shouldRefuseWhatDoesNotFitRatherThanStoreItDamaged() {
        var user = newUser();
        var action = action(user, newId());
        var bad = new Action<>(
                action.key(), "t".repeat(101), user, action.occurredAt(), action.payload(), null, action.position());

        assertThatThrownBy(() -> unit.run(List.of(prepared(0, bad))))
                .satisfies(thrown -> assertThat(ErrorClassifier.of(thrown)).isEqualTo(ErrorKind.PERMANENT_FAULT));
        assertThat(database.recorded(user)).isZero();
    }

    @Test
    void shouldCommitAllOthersOfABatchWithPoisonInIt() {
        // Given
        var poisoned = newUser();
        var records = new ArrayList<ProducerRecord<String, String>>();
        var others = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            var other = newUser();
            others.add(other);
            records.add(record(newId(), "a.b", other, "{}"));
            if (i == 25) {
                // It fails only at the flush of the whole batch, when nobody knows which action it belongs to.
                probe.steps.put(poisoned, attempted -> {
                    var account = new LoyaltyAccount();
                    account.userId = "x".repeat(300);
                    account.persist();
                });
                records.add(record(newId(), "test.probe", poisoned, "{}"));
                records.add(record(newId(), "a.b", poisoned, "\"behind it\""));
            }
        }

        // When
        publisher.publish(records);

        // Then
        await().atMost(SOON).until(() -> others.stream().allMatch(other -> database.recorded(other) == 1));
        await().atMost(SOON).until(() -> database.parkedStates(poisoned).equals(List.of("DEAD", "WAITING")));
        assertThat(database.done(poisoned))
                .as("behind the poison nothing passes")
                .isZero();
    }

    @Test
    void shouldTakeOverARecordThatWasKeptAsUnreadableWhenItCanBeRead() throws Exception {
        // Given
        var user = newUser();
        var action = action(user, newId());
        var unread = new GivenRecord(user, 1, "no CloudEvents yet");
        unread.failed(Failure.unreadable("no CloudEvents yet", Instant.now()));
        unit.park(
                List.of(new ParkedAction(unread.original(), user, null, unread.failures(), null, true, false)),
                () -> true);
        assertThat(database.parkedStates(user)).containsExactly("DEAD");

        // When
        // The same offset is read again. Its user is blocked, but by this record itself.
        var readable = new BoundAction(0, new GivenRecord(user, 1), action, List.of());
        unit.run(List.of(readable));

        // Then
        assertThat(database.parkedStates(user)).singleElement().isIn("RETRYING", "RESOLVED");
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("RESOLVED")));
        assertThat(database.isBlocked(user)).isFalse();
    }

    @Test
    void shouldDoNothingOnceItsPartitionIsSomebodyElses() {
        var user = newUser();
        var abandoned = new GivenRecord(action(user, newId()), 1);
        abandoned.abandoned = true;
        abandoned.failed(Failure.of(new IllegalStateException(), true, Instant.now()));
        var prepared = new BoundAction(0, abandoned, action(user, newId()), List.of());
        var parked = new ParkedAction(abandoned.original(), user, null, abandoned.failures(), null, true, false);

        assertThatThrownBy(() -> unit.run(List.of(prepared))).isInstanceOf(AbandonedException.class);
        assertThatThrownBy(() -> unit.park(List.of(parked), () -> false)).isInstanceOf(AbandonedException.class);

        assertThat(database.recorded(user)).isZero();
        assertThat(database.parkedStates(user)).isEmpty();
    }

    @Test
    void shouldNotBlockTheUserOfARecordThatIsParkedAlready() throws Exception {
        var user = newUser();
        var unread = new GivenRecord(user, 1, "no JSON");
        unread.failed(Failure.unreadable("no JSON", Instant.now()));
        var parked = new ParkedAction(unread.original(), user, null, unread.failures(), null, true, false);
        unit.park(List.of(parked), () -> true);
        database.execute("UPDATE parked_action SET state = 'DISCARDED' WHERE user_id = '" + user + "'");
        database.execute("DELETE FROM blocked_user WHERE user_id = '" + user + "'");

        unit.park(List.of(parked), () -> true);

        assertThat(database.parkedStates(user)).containsExactly("DISCARDED");
        assertThat(database.isBlocked(user)).isFalse();
    }

    @Test
    void shouldUnblockAUserWhenNothingOfTheUserIsParked() throws Exception {
        var user = newUser();
        database.execute("INSERT INTO blocked_user VALUES ('" + user + "', '2020-01-01')");

        attempts.resumeStuckUsers();

        assertThat(database.isBlocked(user)).isFalse();
    }

    private static String userOf(List<BoundAction> batch) {
        return batch.get(0).action().userId().replaceAll("-0$", "");
    }

    private static List<BoundAction> prepared(int actions, String user) {
        var batch = new ArrayList<BoundAction>();
        for (int i = 0; i < actions; i++) {
            batch.add(prepared(i, action(user + "-" + i % 10, newId())));
        }
        return batch;
    }

    private static BoundAction prepared(int index, Action<String> action) {
        return new BoundAction(index, new GivenRecord(action, index), action, List.of());
    }

    private static Action<String> action(String user, String id) {
        return new Action<>(
                new ActionKey("", id),
                "a.b",
                user,
                Instant.parse("2026-11-22T05:00:00Z"),
                "{}",
                null,
                new RecordPosition("t", 0, 1));
    }
}
