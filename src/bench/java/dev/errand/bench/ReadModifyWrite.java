package dev.errand.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of the mode {@code handlers}: three for each user, all there before a run, so that every action reads and
 * changes three.
 */
final class ReadModifyWrite implements Handlers {

    private static final List<String> TABLES = List.of("bench_wallet", "bench_profile", "bench_tally");

    private final long seed;

    private record Rows(long balance, long score, String lastType, long actions) {}

    ReadModifyWrite(long seed) {
        this.seed = seed;
    }

    @Override
    public void reset(Stage stage) {
        stage.empty(TABLES);
        for (var table : TABLES) {
            stage.database().execute("""
                    INSERT INTO %s (user_id)
                    WITH RECURSIVE
                      hundred (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM hundred WHERE n < 99),
                      users (n) AS (SELECT a.n * 200 + b.n * 2 FROM hundred a, hundred b)
                    SELECT CONCAT('u-', 10000 + n) FROM users UNION ALL SELECT CONCAT('u-', 10001 + n) FROM users""".formatted(table));
        }
    }

    @Override
    public void check(Stage stage, Workload workload) {
        Map<String, Rows> expected = new HashMap<>();
        for (int number = 0; number < workload.distinct(); number++) {
            var action = workload.action(number);
            var before = expected.getOrDefault(action.user(), new Rows(0, 0, "", 0));
            expected.put(action.user(), after(before, action));
        }
        var found = stage.database()
                .rows(
                        """
                        SELECT user_id, balance, score, last_type, actions
                        FROM bench_wallet JOIN bench_profile USING (user_id) JOIN bench_tally USING (user_id)
                        WHERE actions > 0""",
                        row -> Map.entry(
                                row.getString(1),
                                new Rows(row.getLong(2), row.getLong(3), row.getString(4), row.getLong(5))));
        found.forEach(entry -> {
            if (!entry.getValue().equals(expected.remove(entry.getKey()))) {
                throw new WrongResult("The handler's rows of " + entry.getKey() + " are wrong: " + entry.getValue());
            }
        });
        if (!expected.isEmpty()) {
            throw new WrongResult(expected.size() + " users have no handler's rows, seed " + seed);
        }
    }

    /** What the handler does; the score depends on the order of the actions. */
    private static Rows after(Rows rows, Sample action) {
        var cents = Long.parseLong(action.payload().replaceAll(".*\"totalCents\": (\\d+).*", "$1"));
        return new Rows(rows.balance + cents, (rows.score * 31 + cents) % 1_000_003, action.type(), rows.actions + 1);
    }
}
