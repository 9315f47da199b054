package dev.errand.engine.quarantine;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.quarantine.UnfinishedRecords.Known;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes share the table of marks: the application of this test, and another one that has died. */
@QuarkusTest
class SuspectMarksTest {

    /** The next offset, which no other test uses. */
    private static final AtomicInteger NEXT = new AtomicInteger(1_000_000);

    @Inject
    SuspectMarks marks;

    @Inject
    DataSource dataSource;

    @Inject
    LivenessMonitor liveness;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private SuspectMarks dead;

    @BeforeEach
    void open() {
        dead = new SuspectMarks(dataSource, liveness, "errand");
    }

    private static InFlightRecord delivery() {
        return new GivenRecord("u", NEXT.incrementAndGet());
    }

    private Known known(InFlightRecord delivery) throws Exception {
        return marks.find(List.of(delivery)).getOrDefault(delivery, Known.NOTHING);
    }

    @Test
    void shouldRememberWhatAProcessBeganAndNeverEnded() throws Exception {
        var guilty = delivery();
        var innocent = delivery();
        dead.begin(List.of(guilty, innocent), 0);
        dead.end(List.of(innocent), List.of());

        assertThat(known(guilty)).isEqualTo(new Known(1, false));
        assertThat(known(innocent)).isEqualTo(Known.NOTHING);
    }

    @Test
    void shouldCountDeliveriesAndKnowWhetherTheLastOneWasRead() throws Exception {
        var guilty = delivery();
        dead.begin(List.of(guilty), 0);
        dead.begin(List.of(guilty), 1);
        dead.wasRead(guilty);
        assertThat(known(guilty)).isEqualTo(new Known(2, true));

        dead.begin(List.of(guilty), 2);

        assertThat(known(guilty)).isEqualTo(new Known(3, false));
    }

    @Test
    void shouldTakeBackWhatWasNotRunAndLeaveWhatWasKnownBefore() throws Exception {
        var guilty = delivery();
        var innocent = delivery();
        dead.begin(List.of(guilty), 1);

        marks.begin(List.of(guilty), 2);
        marks.begin(List.of(innocent), 0);
        marks.end(List.of(), List.of(guilty, innocent));

        assertThat(known(guilty)).isEqualTo(new Known(2, false));
        assertThat(known(innocent)).isEqualTo(Known.NOTHING);
        assertThat(rowsOf(innocent)).isZero();
    }

    @Test
    void shouldTakeItsOwnRowForNothingOfWhichItOnlyCouldNotDelete() throws Exception {
        var again = delivery();
        marks.begin(List.of(again), 0);

        assertThat(known(again)).isEqualTo(Known.NOTHING);
    }

    @Test
    void shouldNotEndWhatAnotherProcessHasBegunSince() throws Exception {
        var moved = delivery();
        marks.begin(List.of(moved), 0);
        dead.begin(List.of(moved), 1);

        marks.end(List.of(moved), List.of());

        assertThat(known(moved)).isEqualTo(new Known(2, false));
    }

    @Test
    void shouldNotBlameAnotherRecordInTheSamePlace() throws Exception {
        var offset = NEXT.incrementAndGet();
        dead.begin(List.of(new GivenRecord("u", offset)), 2);

        // The topic was deleted and created again.
        var other = new GivenRecord("another", offset);

        assertThat(known(other)).isEqualTo(Known.NOTHING);
        marks.begin(List.of(other), 0);
        marks.end(List.of(other), List.of());
        assertThat(rowsOf(other)).isZero();
    }

    @Test
    void shouldForgiveWhatIsMerelySlowWhenItHasToLetItGo() throws Exception {
        var left = delivery();
        var stays = delivery();
        marks.begin(List.of(left), 2);
        marks.begin(List.of(stays), 0);

        marks.forgive(each -> each == left);

        assertThat(known(left)).isEqualTo(new Known(2, false));
        assertThat(rowsOf(stays)).isEqualTo(1);
        marks.end(List.of(stays), List.of());
    }

    @Test
    void shouldPurgeWhatItsPartitionsPositionHasPassed() throws Exception {
        var topic = "purged-" + newId();
        database.execute("""
                INSERT INTO partition_position (consumer_group, topic, `partition`, topic_id, next_offset)
                VALUES ('errand', '%s', 0, '', 10)""".formatted(topic));
        for (int offset : List.of(9, 10)) {
            database.execute("""
                    INSERT INTO unfinished_record VALUES
                    ('errand', '%s', 0, %d, REPEAT('x', 32), 1, FALSE, 'gone', CURRENT_TIMESTAMP(6))""".formatted(topic, offset));
        }

        marks.purge();

        assertThat(database.texts("SELECT `offset` FROM unfinished_record WHERE topic = ?", topic))
                .containsExactly("10");
    }

    @Test
    void shouldCostHealthyBatchesNoStatement() throws Exception {
        var users = IntStream.range(0, 20).mapToObj(i -> newUser()).toList();

        database.logged(() -> {
            publisher.publish(users.stream()
                    .map(user -> record(newId(), "a.b", user, "{}"))
                    .toList());
            return await().atMost(SOON)
                    .until(() -> users.stream().allMatch(user -> database.recorded(user) == 1), is(true));
        });

        assertThat(database.number(
                        "SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE 'INSERT IGNORE INTO user_action%'"))
                .isPositive();
        assertThat(database.texts("""
                SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log
                WHERE argument LIKE '%unfinished_record%' AND argument NOT LIKE '%partition_position%'
                  AND argument NOT LIKE '%general_log%'""")).isEmpty();
    }

    private long rowsOf(InFlightRecord delivery) {
        return database.number(
                "SELECT COUNT(*) FROM unfinished_record WHERE topic = 't' AND `offset` = ?",
                delivery.position().offset());
    }
}
