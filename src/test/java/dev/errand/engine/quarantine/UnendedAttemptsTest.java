package dev.errand.engine.quarantine;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.scheduler.ScheduledAttempts;
import dev.errand.testsupport.Database;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Counts scheduled attempts that did not end. */
@QuarkusTest
class UnendedAttemptsTest {

    @Inject
    ScheduledAttempts attempts;

    @Inject
    Database database;

    private final String user = newUser();

    /** An action that a process has claimed for the third time, after two attempts that did not end. */
    private ClaimedAttempt claimed() {
        var id = newId();
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, occurred_at, payload, attempts, lease_count, next_attempt_at, history)
                VALUES ('RETRYING', 1, 'unended', 0, %d, 0, '[]', REPEAT('x', 32), '%s',
                        '', '%s', 'a.b', CURRENT_TIMESTAMP(6), '{}', 0, 3, CURRENT_TIMESTAMP(6) + INTERVAL 1 HOUR, '[]')""".formatted(System.nanoTime(), user, id));
        long seq = database.parkedAction(user);
        var action = new Action<>(
                new ActionKey("", id), "a.b", user, Instant.EPOCH, "{}", null, new RecordPosition("unended", 0, 1));
        return new ClaimedAttempt(seq, action, 0, 0, 2, true, false);
    }

    private long leaseCount() {
        return database.number("SELECT lease_count FROM parked_action WHERE user_id = ?", user);
    }

    @Test
    void shouldKeepTheCountOfAnAttemptThatIsBegunAgainAfterAConflict() throws Exception {
        attempts.prolong(claimed());

        assertThat(leaseCount()).isEqualTo(3);
    }

    @Test
    void shouldNotCountAnAttemptThatIsGivenBackAndForgetNoneOfBefore() throws Exception {
        attempts.giveBack(claimed(), Duration.ofHours(1));

        assertThat(leaseCount()).isEqualTo(2);
    }

    @Test
    void shouldCountNothingAnyMoreAfterAFailure() throws Exception {
        attempts.failed(claimed(), Failure.of(new IllegalStateException("on purpose"), false, Instant.now()));

        assertThat(leaseCount()).isZero();
    }

    @Test
    void shouldBeDeadOnceItCameToNoEndThreeTimes() throws Exception {
        var dead = attempts.failed(claimed(), Failure.unended("attempts", Instant.now()));

        assertThat(dead).isTrue();
        assertThat(database.texts("SELECT error_message FROM parked_action WHERE user_id = ?", user))
                .containsExactly("its last 3 attempts never ended: their processes died or hung");
    }
}
