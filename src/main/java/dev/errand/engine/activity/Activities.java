package dev.errand.engine.activity;

import dev.errand.action.Action;
import dev.errand.engine.query.FewLengths;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Updates {@code user_activity}: how many actions a user did, and the first and the last of them in the order of processing.
 * Stateless and thread-safe; it takes part in the caller's transaction.
 */
public final class Activities {

    // Multi-row upserts: selecting and updating the row of each user took eight times as long.
    private static final String INSERT = """
            INSERT INTO user_activity
              (user_id, action_count, first_action_at, last_action_at, last_action_type)
            VALUES\s""";

    private static final String ADD = """
             AS batch
            ON DUPLICATE KEY UPDATE
              action_count     = user_activity.action_count + batch.action_count,
              last_action_at   = batch.last_action_at,
              last_action_type = batch.last_action_type
            """;

    private Activities() {}

    /**
     * Adds actions to their users' activity.
     *
     * @param connection in a transaction
     * @param actions actions that have not been added before, each user's in order
     */
    public static void add(Connection connection, List<Action<String>> actions) throws SQLException {
        if (actions.isEmpty()) {
            return;
        }
        // In the order of the primary key, so that two batches with the same users can't deadlock.
        Map<String, Activity> byUser = new TreeMap<>();
        for (var action : actions) {
            byUser.merge(action.userId(), Activity.of(action), Activity::then);
        }
        for (var part : FewLengths.divide(List.copyOf(byUser.entrySet()))) {
            upsert(connection, part);
        }
    }

    private static void upsert(Connection connection, List<Map.Entry<String, Activity>> activities)
            throws SQLException {
        var sql = INSERT + String.join(",", Collections.nCopies(activities.size(), "(?,?,?,?,?)")) + ADD;
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var entry : activities) {
                var activity = entry.getValue();
                statement.setString(++index, entry.getKey());
                statement.setLong(++index, activity.count());
                statement.setString(++index, activity.firstAt());
                statement.setString(++index, activity.lastAt());
                statement.setString(++index, activity.lastType());
            }
            statement.executeUpdate();
        }
    }

    /** Holds times as text, because the driver takes several times as long to write date-time objects. */
    private record Activity(long count, String firstAt, String lastAt, String lastType) {

        static Activity of(Action<?> action) {
            var at = action.occurredAtUtc().toString();
            return new Activity(1, at, at, action.type());
        }

        Activity then(Activity next) {
            return new Activity(count + next.count, firstAt, next.lastAt, next.lastType);
        }
    }
}
