package dev.errand.bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Compares every row a run has written with what its workload says. Used once. */
final class Check {

    private final Stage stage;
    private final Preload preload;
    private final long base;
    private final BitSet seen = new BitSet();
    private final Map<String, Line> activities = new HashMap<>();

    /** @param base the ledger's last row before the run */
    Check(Stage stage, Preload preload, long base) {
        this.stage = stage;
        this.preload = preload;
        this.base = base;
    }

    /** @throws WrongResult at the first difference */
    void run(String group) {
        try (var connection = stage.connect();
                var statement = connection.createStatement()) {
            // Connector/J's word for: a row at a time.
            statement.setFetchSize(Integer.MIN_VALUE);
            try (var rows = statement.executeQuery("""
                    SELECT id, source, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at
                    FROM user_action WHERE seq > %d ORDER BY seq""".formatted(base))) {
                while (rows.next()) {
                    action(rows);
                }
            }
            expect("distinct actions", preload.workload().distinct(), seen.cardinality());
            try (var rows = statement.executeQuery("SELECT * FROM user_activity")) {
                while (rows.next()) {
                    activity(rows);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The rows can't be read", e);
        }
        expect("users without their activity", 0, activities.size());
        expect("records without a committed offset", 0L, stage.uncommitted(preload.topic(), group));
    }

    private void action(ResultSet row) throws SQLException {
        var id = row.getString("id");
        int number = preload.workload().number(id);
        if (number < 0 || seen.get(number)) {
            throw new WrongResult("Nobody published " + id + ", or it is there twice");
        }
        seen.set(number);
        var sample = preload.workload().action(number);
        expect("id", sample.id(), id);
        expect("source", "", row.getString("source"));
        expect("user of " + id, sample.user(), row.getString("user_id"));
        expect("type of " + id, sample.type(), row.getString("type"));
        expect("time of " + id, sample.occurredAt(), row.getObject("occurred_at", LocalDateTime.class));
        expect("payload of " + id, sample.payload(), row.getString("payload"));
        expect("topic of " + id, preload.topic(), row.getString("topic"));
        expect("partition of " + id, preload.partitions()[number], row.getInt("partition"));
        expect("offset of " + id, preload.offsets()[number], row.getLong("offset"));
        activities
                .computeIfAbsent(sample.user(), user -> new Line())
                .next(number, row.getObject("processed_at", LocalDateTime.class));
    }

    private void activity(ResultSet row) throws SQLException {
        var user = row.getString("user_id");
        var line = activities.remove(user);
        if (line == null) {
            throw new WrongResult("Nobody published anything of " + user);
        }
        var first = preload.workload().action(line.first);
        var last = preload.workload().action(line.last);
        expect("count of " + user, line.count, row.getLong("action_count"));
        expect("first time of " + user, first.occurredAt(), row.getObject("first_action_at", LocalDateTime.class));
        expect("last time of " + user, last.occurredAt(), row.getObject("last_action_at", LocalDateTime.class));
        expect("last type of " + user, last.type(), row.getString("last_action_type"));
    }

    private static void expect(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new WrongResult("Wrong result: " + what + " should be " + expected + " but is " + found);
        }
    }

    /**
     * A user's actions as the ledger has them, in the order of its rows. They were published by their numbers. The
     * baseline sorts an insert's rows by id, all with one processed_at: the order inside it shows in the activity alone.
     */
    private static final class Line {
        private long count;
        private int first = Integer.MAX_VALUE;
        private int last = -1;
        private int lastBefore = -1;
        private LocalDateTime batch = LocalDateTime.MIN;

        void next(int number, LocalDateTime processedAt) {
            if (!processedAt.equals(batch)) {
                batch = processedAt;
                lastBefore = last;
            }
            if (number < lastBefore) {
                throw new WrongResult("Action " + number + " was processed after " + lastBefore + " of its user");
            }
            first = Math.min(first, number);
            last = Math.max(last, number);
            count++;
        }
    }
}
