package dev.errand.engine.parking.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.dev.embedded.MySqlServer;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.operations.BulkRetries;
import dev.errand.engine.parking.operations.BulkRetrySteps;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.RowsRead;
import dev.errand.testsupport.Schema;
import dev.errand.testsupport.Servers;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Queries on 300,000 failed actions read only a few rows of a real MySQL and give the right answers. */
@Tag("long")
class ParkedActionSearchIT {

    private static final int ROWS = 300_000;
    private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");
    private static final String HOT = "hot";

    /** Counting ends at 10,000. Each row is read from the index and once more from the temporary table. */
    private static final int COUNT = 2 * 10_000;

    private static MySqlServer mySql = Servers.mySql();
    private static RowsRead reads;
    private static Database database;
    private static ParkedActionList list;

    @BeforeAll
    static void fill() throws Exception {
        mySql.start();
        Schema.create(mySql);
        database = Database.at(mySql::jdbcUrl);
        fill(ROWS);
        database.execute("ANALYZE TABLE parked_action");
        reads = new RowsRead(DriverManager.getConnection(mySql.jdbcUrl(), "errand", "errand"));
        list = new ParkedActionList(new Queries(reads.dataSource()), new Masking(Optional::empty));
    }

    @AfterAll
    static void stop() throws Exception {
        reads.close();
        mySql.close();
    }

    /** A third of the actions belongs to one user. Each second has one action. */
    private static void fill(int rows) {
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, attempts, history, error_class, error_message, failed_at)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
                SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */
                       ELT(1 + n %% 5, 'DEAD', 'WAITING', 'RETRYING', 'RESOLVED', 'DISCARDED'), n %% 7 > 0, 't', 0, n, 0, '[]',
                       UNHEX(SHA2(n, 256)), IF(n %% 3 = 0, 'hot', CONCAT('u-', n %% 5003)), '', n, CONCAT('t-', n %% 19), 0, '[]',
                       CONCAT('E-', n %% 11), 'no', TIMESTAMPADD(SECOND, n, '2020-01-01')
                FROM numbers""".formatted(rows));
    }

    @Test
    void shouldFindWithAnyFilterByReadingFewRows() throws Exception {
        var offenders = new LinkedHashMap<ParkedActionFilter, Long>();
        for (var filter : filters()) {
            for (var before : new Long[] {null, 150_000L}) {
                var bound = filter.userId() == null ? 1_000 : 5 * ParkedActionSearch.EXAMINED + 1_000;

                var rows = reads.of(() -> list.list(filter, before, 50));

                if (rows > bound) {
                    offenders.put(filter, rows);
                }
            }
        }

        assertThat(offenders).isEmpty();
    }

    @Test
    void shouldGroupWithAnyFilterByReadingTheLatest() throws Exception {
        var offenders = new LinkedHashMap<ParkedActionFilter, Long>();
        for (var filter : filters()) {
            if (filter.from() == null || filter.to() == null) {
                var rows = reads.of(() -> list.groups(filter));

                if (rows > 100_000) {
                    offenders.put(filter, rows);
                }
            }
        }

        assertThat(offenders).isEmpty();
    }

    @Test
    void shouldFindTheSameAsOneWhoReadsAll() throws Exception {
        for (var filter : filters()) {
            var expected = matching(filter);
            // Some filters match so many rows that only the first pages are compared.
            var found = pages(filter, 400, 3);

            assertThat(found)
                    .as(filter.toString())
                    .isEqualTo(expected.subList(0, Math.min(found.size(), expected.size())));
            assertThat(found).as(filter.toString()).hasSizeGreaterThanOrEqualTo(Math.min(expected.size(), 1_200));
        }
    }

    /** The ids on the first pages, until there are enough or no more. */
    private static List<Long> pages(ParkedActionFilter filter, int limit, int wanted) throws Exception {
        var found = new ArrayList<Long>();
        Long next = null;
        do {
            var page = list.list(filter, next, limit);
            page.items().stream().map(Item::id).forEach(found::add);
            next = page.next();
        } while (next != null && found.size() < limit * wanted);
        return found;
    }

    private static List<Long> matching(ParkedActionFilter filter) {
        var sql = "SELECT seq FROM parked_action WHERE TRUE";
        var values = new ArrayList<Object>();
        for (var condition : Arrays.<@Nullable Object[]>asList(
                new Object[] {
                    "state = ?", filter.state() == null ? null : filter.state().name()
                },
                new Object[] {"type = ?", filter.type()},
                new Object[] {"user_id = ?", filter.userId()},
                new Object[] {"error_class = ?", filter.errorClass()},
                new Object[] {"failed_at >= ?", filter.fromUtc()},
                new Object[] {"failed_at < ?", filter.toUtc()})) {
            if (condition[1] != null) {
                sql += " AND " + condition[0];
                values.add(condition[1]);
            }
        }
        return database.rows(
                sql + " ORDER BY failed_at DESC, seq DESC LIMIT 1600", row -> row.getLong(1), values.toArray());
    }

    @Test
    void shouldPageThroughThoseOfOneMoment() throws Exception {
        // Given
        var moment = LocalDateTime.ofInstant(FIRST, ZoneOffset.UTC).minusDays(1);
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, attempts, history,
                   error_class, failed_at)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
                SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */
                       'DEAD', 0, 'moment', 0, n, 0, '[]', UNHEX(SHA2(n, 256)), 0, '[]', 'Moment', '%s'
                FROM numbers""".formatted(moment));
        var filter = new ParkedActionFilter(null, null, null, "Moment", null, null);
        var first = list.list(filter, null, 500);

        // Then
        assertThat(reads.of(() -> list.list(filter, first.next(), 500))).isLessThan(2_000);
        assertThat(pages(filter, 500, 100)).hasSize(20_000).doesNotHaveDuplicates();

        database.execute("DELETE FROM parked_action WHERE topic = 'moment'");
    }

    @Test
    void shouldAnswerEveryOtherQuestionByReadingFewRows() throws Exception {
        // Given
        var bulk = UUID.randomUUID();
        database.execute("UPDATE parked_action SET bulk_retry = '" + bulk + "' WHERE seq % 2 = 0");
        database.execute("""
                INSERT INTO audit_entry (actor, operation, subject, detail)
                SELECT 'a', 'retry', 'failed-action/3', '{}' FROM parked_action LIMIT 50000""");
        database.execute("INSERT INTO operator_job (id, kind, failed_before, died_before, per_second, actor) VALUES ('"
                + bulk + "', 'bulk-retry', NOW(), 1, 'a')");
        var queries = new Queries(reads.dataSource());
        var retries = new BulkRetries(reads.dataSource(), queries);
        Map<String, RowsRead.Question> questions = new LinkedHashMap<>();
        questions.put("one", () -> list.find(3));
        questions.put("line", () -> list.queue(HOT, null, 50));
        questions.put("line's next page", () -> list.queue(HOT, 150_000L, 50));
        questions.put("audit", () -> list.audit(3, null, 50));
        questions.put("audit's next page", () -> list.audit(3, 20_000L, 50));
        questions.put("latest audit", () -> list.latestAudit(3, 50));
        questions.put("download", () -> list.download(3, StoredValue.VALUE));
        questions.put("bulk retries", () -> retries.latest(50));
        questions.put("bulk progress", () -> assertThat(retries.progress(bulk)).isPresent());
        for (var filter : List.of(
                new ParkedActionFilter(ParkedState.DEAD, null, null, null, null, null),
                new ParkedActionFilter(ParkedState.DEAD, "t-3", null, null, null, null),
                new ParkedActionFilter(ParkedState.DEAD, null, HOT, "E-3", null, null))) {
            // Each row is read from the index and by its primary key.
            questions.put(
                    "bulk preview of " + filter,
                    () -> assertThat(retries.preview(filter, null).leftOut()).isZero());
        }
        questions.put("due jobs", () -> new BulkRetrySteps(reads.dataSource()).due());

        // Then
        for (var question : questions.entrySet()) {
            assertThat(reads.of(question.getValue()))
                    .as(question.getKey())
                    .isLessThan(question.getKey().startsWith("bulk p") ? 5 * COUNT + 1_000 : COUNT + 1_000);
        }
    }

    @Test
    void shouldTakeTheStepsOfABulkRetryByReadingFewRows() throws Exception {
        var retries = new BulkRetries(reads.dataSource(), new Queries(reads.dataSource()));
        var steps = new BulkRetrySteps(reads.dataSource());
        for (var filter : filters()) {
            var id = retries.begin(filter, 10_000, "a");
            if (filter.state() == null && filter.from() == null) {
                var rows = reads.of(() -> assertThat(steps.step(id)).isTrue());

                assertThat(rows).as(filter.toString()).isLessThan(20_000);
            }
            retries.stop(id, "a");
        }
    }

    /** All combinations of conditions: none, one that matches, and one that matches nothing. */
    private static List<ParkedActionFilter> filters() {
        var filters = new ArrayList<ParkedActionFilter>();
        for (var state : new ParkedState[] {null, ParkedState.DEAD}) {
            for (var type : new String[] {null, "t-3", "absent"}) {
                for (var user : new String[] {null, HOT, "absent"}) {
                    for (var error : new String[] {null, "E-3", "absent"}) {
                        for (var from :
                                new Instant[] {null, FIRST.plusSeconds(ROWS / 2), FIRST.plusSeconds(2 * ROWS)}) {
                            for (var to : new Instant[] {null, FIRST, FIRST.plusSeconds(ROWS / 2 + 1_000)}) {
                                filters.add(new ParkedActionFilter(state, type, user, error, from, to));
                            }
                        }
                    }
                }
            }
        }
        return filters;
    }
}
