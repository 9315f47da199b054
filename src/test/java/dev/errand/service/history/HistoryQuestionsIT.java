package dev.errand.service.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.ActionKey;
import dev.errand.engine.parking.view.ParkedActionLists;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.RowsRead;
import dev.errand.testsupport.Schema;
import dev.errand.testsupport.Servers;
import java.sql.DriverManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Queries on a large ledger read only a few rows of a real MySQL. */
@Tag("long")
class HistoryQuestionsIT {

    /** Counting ends at 10,000. Each row is read from the index and once more from the temporary table. */
    private static final int COUNT = 2 * 10_000;

    @Test
    void shouldAnswerByReadingFewRows() throws Exception {
        // Given
        try (var mySql = Servers.mySql()) {
            mySql.start();
            Schema.create(mySql);
            fill(Database.at(mySql::jdbcUrl));
            try (var reads = new RowsRead(DriverManager.getConnection(mySql.jdbcUrl(), "errand", "errand"))) {
                var queries = new Queries(reads.dataSource());
                var masking = new Masking(Optional::empty);
                var history = new History(queries, masking, ParkedActionLists.of(queries, masking), new ObjectMapper());
                Map<String, RowsRead.Question> questions = new LinkedHashMap<>();
                questions.put("a user's actions", () -> assertThat(
                                history.ofUser("hot", null, 50).items())
                        .hasSize(50));
                questions.put("the next page", () -> assertThat(
                                history.ofUser("hot", 50_000L, 50).items())
                        .hasSize(50));
                questions.put("the latest", () -> assertThat(history.latest(50)).hasSize(50));
                questions.put("one", () -> assertThat(history.find(new ActionKey("", "32")))
                        .isPresent());
                questions.put("no such one", () -> assertThat(history.find(new ActionKey("", "none")))
                        .isEmpty());
                questions.put("a user's activity", () -> assertThat(history.activity("hot"))
                        .isPresent());
                questions.put("a payload", () -> history.payload(new ActionKey("", "30")));

                // Then
                for (var question : questions.entrySet()) {
                    assertThat(reads.of(question.getValue()))
                            .as(question.getKey())
                            .isLessThan(COUNT + 1_000);
                }
            }
        }
    }

    /** Half of the actions belong to one user, and half of these wait. */
    private static void fill(Database database) {
        database.execute("""
                INSERT INTO user_action (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
                SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */
                       '', n, IF(n % 2 = 0, 'hot', CONCAT('u-', n)), 'a.b', '2026-01-01', '{}', 't', 0, n, IF(n % 4 = 0, NULL, NOW(6))
                FROM numbers""");
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, attempts, history)
                SELECT 'WAITING', 1, topic, `partition`, `offset`, 0, '[]', UNHEX(SHA2(id, 256)), user_id, source, id, type, 0, '[]'
                FROM user_action WHERE processed_at IS NULL""");
        database.execute("ANALYZE TABLE parked_action, user_action");
    }
}
