package dev.errand.failure;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Puts many dead actions back on their schedules, due one after the other at a limited rate. The schedule is in the
 * database, so it survives every restart. Thread-safe.
 */
@ApplicationScoped
public class BulkRetries {

    private static final int CHUNK = 200;

    private final DataSource dataSource;

    @Inject
    BulkRetries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * @param last the last number that was looked at
     * @param scheduled how many were put on their schedules so far
     */
    record Progress(long last, long scheduled, boolean over) {

        static final Progress NONE = new Progress(0, 0, false);
    }

    /**
     * Puts all of a kind on their schedules, some hundreds in a transaction.
     *
     * @param id by which to ask how it goes on
     * @param filter which dead ones; records that can't be read are left out
     * @param perSecond how many become due in a second, from 1
     * @param actor who wants it
     * @return how many
     */
    public long all(UUID id, Filter filter, int perSecond, String actor) throws SQLException {
        begin(id, filter, perSecond, actor);
        var progress = Progress.NONE;
        while (!progress.over()) {
            progress = chunk(id, filter, perSecond, progress);
        }
        return progress.scheduled();
    }

    /** Notes who wants it, before the first {@link #chunk}. */
    @Transactional(rollbackOn = Exception.class)
    void begin(UUID id, Filter filter, int perSecond, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            Audit.note(
                    connection,
                    actor,
                    "bulk-retry",
                    "bulk-retry/" + id,
                    Map.of("filter", filter.toString(), "perSecond", perSecond));
        }
    }

    /**
     * Puts the next few hundred on their schedules; those that are not the first of their user's line wait for their turn.
     *
     * @param filter which dead ones; records that can't be read are left out
     * @param perSecond how many become due in a second, from 1
     * @return to be given to the next call, until it is over
     */
    @Transactional(rollbackOn = Exception.class)
    Progress chunk(UUID id, Filter filter, int perSecond, Progress before) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var wanted = select(connection, filter, before.last);
            if (wanted.isEmpty()) {
                return new Progress(before.last, before.scheduled, true);
            }
            var users = new TreeSet<String>();
            wanted.forEach(each -> users.add(each.user));
            // All in the users' order, so that two of these can't deadlock.
            Lines.open(connection, users);
            long scheduled = before.scheduled;
            for (var each : wanted) {
                if (isStillDead(connection, each.seq)) {
                    var after = Duration.ofNanos(scheduled * 1_000_000_000 / perSecond);
                    Schedule.begin(connection, each.seq, each.user, after, null, id.toString());
                    scheduled++;
                } else {
                    Attempts.next(connection, each.user, Duration.ZERO);
                }
            }
            return new Progress(wanted.get(wanted.size() - 1).seq, scheduled, wanted.size() < CHUNK);
        }
    }

    private record Wanted(long seq, String user) {}

    private static boolean isStillDead(Connection connection, long seq) throws SQLException {
        try (var statement = connection.prepareStatement(
                "SELECT 1 FROM failed_action WHERE seq = ? AND state = 'DEAD' FOR UPDATE")) {
            statement.setLong(1, seq);
            try (var result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    private static List<Wanted> select(Connection connection, Filter filter, long after) throws SQLException {
        var conditions = filter.withState(FailedState.DEAD).conditions();
        conditions.add("seq > ?", after);
        conditions.always("id IS NOT NULL");
        List<Wanted> wanted = new ArrayList<>();
        try (var statement = connection.prepareStatement(
                "SELECT seq, user_id FROM failed_action" + conditions.where() + " ORDER BY seq LIMIT " + CHUNK)) {
            int index = 0;
            for (var value : conditions.values()) {
                statement.setObject(++index, value);
            }
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    wanted.add(new Wanted(result.getLong(1), result.getString(2)));
                }
            }
        }
        return wanted;
    }
}
