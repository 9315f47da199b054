package dev.errand.engine.parking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.engine.query.Sql;
import dev.errand.testsupport.OwnMySql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs on a real MySQL. */
class ScheduleTest {

    private static final String USER = "u-1";

    @RegisterExtension
    static final OwnMySql mySql = OwnMySql.withErrandsTables();

    @BeforeEach
    void empty() throws SQLException {
        Sql.of(mySql.connection(), "DELETE FROM parked_action").update();
    }

    private static void given(long seq, ParkedState state) throws SQLException {
        Sql.of(mySql.connection(), """
                INSERT INTO parked_action
                  (seq, state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, attempts, history)
                VALUES (:seq, :state, 1, 't', 0, :seq, 0, '[]', UNHEX(SHA2(:seq, 256)), :user, '', :seq, 'a.b', 0, '[]')""")
                .bind("seq", seq)
                .bind("state", state)
                .bind("user", USER)
                .update();
    }

    private static ParkedState begin(long seq, ParkedState now) throws SQLException {
        return Schedule.begin(mySql.connection(), seq, now, USER, Duration.ZERO, "{}", null);
    }

    private static List<ParkedState> states() throws SQLException {
        return Sql.of(mySql.connection(), "SELECT state FROM parked_action ORDER BY seq")
                .list(row -> ParkedState.valueOf(row.getString("state")));
    }

    @Test
    void shouldTryADeadActionNowOrBehindWhatIsBeingTried() throws SQLException {
        given(1, ParkedState.DEAD);
        given(2, ParkedState.DEAD);

        var first = begin(1, ParkedState.DEAD);
        var second = begin(2, ParkedState.DEAD);

        assertThat(List.of(first, second)).containsExactly(ParkedState.RETRYING, ParkedState.WAITING);
        assertThat(states()).containsExactly(ParkedState.RETRYING, ParkedState.WAITING);
    }

    /** An earlier action can wait where its type does not block the user and an operator retries it meanwhile. */
    @Test
    void shouldKeepTheTurnOfWhatIsBeingTriedWhereAnEarlierOneWaits() throws SQLException {
        given(1, ParkedState.WAITING);
        given(2, ParkedState.RETRYING);

        var state = begin(2, ParkedState.RETRYING);

        assertThat(state).isEqualTo(ParkedState.RETRYING);
        assertThat(states()).containsExactly(ParkedState.WAITING, ParkedState.RETRYING);
    }

    @Test
    void shouldNotTakeAnActionBackThatIsOver() throws SQLException {
        given(1, ParkedState.RESOLVED);

        assertThatThrownBy(() -> begin(1, ParkedState.DEAD)).isInstanceOf(IllegalStateException.class);

        assertThat(states()).containsExactly(ParkedState.RESOLVED);
    }
}
