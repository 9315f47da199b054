package dev.errand.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Whether the rate decays as the ledger grows: the same run with more and more rows in it already. */
final class Growth {

    private static final int CHUNK = 100_000;

    /** Identifiers in random order, users as in the workload, rows as long as its rows. */
    private static final String FILL = """
            INSERT INTO user_action (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`)
            WITH RECURSIVE
              thousand (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM thousand WHERE n < 999),
              hundred (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM hundred WHERE n < 99),
              row_number_of (n) AS (SELECT ? + hundred.n * 1000 + thousand.n FROM hundred, thousand),
              hashed (n, hash) AS (SELECT n, MD5(n) FROM row_number_of)
            SELECT '', CONCAT_WS('-', LEFT(hash, 8), SUBSTR(hash, 9, 4), SUBSTR(hash, 13, 4), SUBSTR(hash, 17, 4),
                     RIGHT(hash, 12)),
                   CONCAT('u-', 10000 + CRC32(hash) % 20000), 'page.viewed', '2025-01-01' + INTERVAL n SECOND,
                   JSON_OBJECT('sku', LEFT(hash, 8), 'note', REPEAT(LEFT(hash, 16), 10), 'totalCents', n % 10000),
                   'fill', n % 8, n DIV 8
            FROM hashed""";

    private static final Duration LONGEST_SETTLING = Duration.ofMinutes(3);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final long FEW_PAGES = 500;

    private final Settings settings;
    private final Stage stage;
    private long filled;
    private int topics;

    Growth(Settings settings, Stage stage) {
        this.settings = settings;
        this.stage = stage;
    }

    void run() {
        if (settings.options().containsKey("other")) {
            throw new WrongResult("growth fills the ledger of this build alone: leave out the option other");
        }
        stage.empty(List.of("user_action", "user_activity"));
        double rateWhenEmpty = 0;
        for (long level : levels()) {
            fillTo(level);
            var rows = stage.database().number("SELECT COUNT(*) FROM user_action");
            Report.line("%n%,d rows in the ledger before the first round", rows);
            Report.head();
            var all = rounds();
            Report.summary(all);
            var own = Report.of(all, "errand");
            if (own.isEmpty()) {
                continue;
            }
            var rate = Report.median(own, Measurement::rate);
            rateWhenEmpty = rateWhenEmpty == 0 ? rate : rateWhenEmpty;
            Report.line("errand, to the first level: %+.1f %%", (rate / rateWhenEmpty - 1) * 100);
        }
    }

    private List<Long> levels() {
        var wanted = settings.list("levels");
        return (wanted.isEmpty() ? List.of("0", "1000000", "10000000") : wanted)
                .stream().map(Long::parseLong).toList();
    }

    /** Rows stay from round to round, so each round has actions of its own. */
    private List<Measurement> rounds() {
        var all = new ArrayList<Measurement>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (var contender : Contender.order(settings, round)) {
                topics++;
                var workload = new Workload(settings.seed() + topics, settings.actions(), 0);
                var preload = Preload.publish(stage, "growth-" + topics, workload);
                var measurement =
                        new Run(stage, settings.directory(), Handlers.NONE).measure(contender, round, preload, true);
                Report.row(measurement);
                all.add(measurement);
            }
        }
        return all;
    }

    /** MySQL makes the rows itself, and keeps them out of the binlog. */
    private void fillTo(long rows) {
        var began = System.nanoTime();
        var before = filled;
        // Those of the rounds before count too.
        var until = filled + rows - stage.database().number("SELECT COUNT(*) FROM user_action");
        try (var connection = stage.connect();
                var off = connection.createStatement();
                var fill = connection.prepareStatement(FILL)) {
            off.execute("SET sql_log_bin = 0");
            for (; filled < until; filled += CHUNK) {
                fill.setLong(1, filled);
                fill.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The ledger can't be filled", e);
        }
        if (filled > before) {
            complete();
            Report.line(
                    "%,d rows filled in and written out within %.0f s",
                    filled - before, (System.nanoTime() - began) / 1e9);
        }
    }

    /** Nobody fills in millions of rows at once in earnest: the pages still to be written are not to slow down the rounds. */
    private void complete() {
        var database = stage.database();
        database.execute("SET GLOBAL innodb_max_dirty_pages_pct = 0");
        try {
            var deadline = System.nanoTime() + LONGEST_SETTLING.toNanos();
            while (dirtyPages() > FEW_PAGES && System.nanoTime() < deadline) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
        } finally {
            database.execute("SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT");
        }
    }

    private long dirtyPages() {
        return stage.database()
                .number("SELECT VARIABLE_VALUE FROM performance_schema.global_status"
                        + " WHERE VARIABLE_NAME = 'Innodb_buffer_pool_pages_dirty'");
    }
}
