package dev.errand.engine.database;

import dev.errand.engine.error.ErrorClassifier;
import io.agroal.api.AgroalDataSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the database works: it answers, has Errand's tables, accepts writes to them, and commits. A check ends after some
 * seconds even if the database hangs. Thread-safe.
 */
@Singleton
public final class DatabaseProbe {

    private static final Logger LOG = Logger.getLogger(DatabaseProbe.class);

    /** For row locks and table locks; in a healthy database none is held for so long. */
    private static final int LOCK_WAIT_SECONDS = 2;

    /** For waits other than locks, such as a COMMIT that waits for a full disk or for a replica. */
    private static final int ANSWER_MILLIS = 5_000;

    private static final int LOCK_WAIT_TIMEOUT = 1205;

    /** These change no row, but need the table lock that a write takes. */
    private static final List<String> WRITES_TO_NOTHING = List.of(
            "UPDATE user_action SET type = type WHERE seq = 0",
            "UPDATE user_activity SET last_action_type = last_action_type WHERE user_id = ''",
            "UPDATE blocked_user SET since = since WHERE user_id = ''",
            "UPDATE parked_action SET attempts = attempts WHERE seq = 0",
            "UPDATE outbox_event SET type = type WHERE seq = 0");

    /** All processes write the same row. The write commits on its own, so that none holds the row's lock while it waits. */
    private static final String SMALL_WRITE = """
            INSERT INTO database_probe (name, probed_at) VALUES ('write', CURRENT_TIMESTAMP(6))
            ON DUPLICATE KEY UPDATE probed_at = CURRENT_TIMESTAMP(6)""";

    private final AgroalDataSource dataSource;
    private volatile @Nullable String last;

    @Inject
    DatabaseProbe(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The result of the last {@link #trouble()}; empty if nothing was wrong, or there was no check yet. */
    public Optional<String> lastTrouble() {
        return Optional.ofNullable(last);
    }

    /**
     * Checks the database, outside of any transaction. If it does not work, the pool's connections are closed as they are returned,
     * because they may lead to a server that is no longer the primary; not if writes only wait for a lock.
     *
     * @return what is wrong, without private data; empty if the database works
     */
    public Optional<String> trouble() {
        var found = ask();
        last = found;
        return Optional.ofNullable(found);
    }

    private @Nullable String ask() {
        try (var connection = dataSource.getConnection()) {
            return write(connection) ? null : readOnly();
        } catch (SQLException e) {
            LOG.debugf("The database does not work: %s", e.getMessage());
            if (ErrorClassifier.isReadOnly(e)) {
                return readOnly();
            }
            if (e.getErrorCode() == LOCK_WAIT_TIMEOUT) {
                return "writes wait for a lock, such as a backup, LOCK TABLES or ALTER TABLE takes";
            }
            dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
            return ErrorClassifier.inShort(e);
        }
    }

    private String readOnly() {
        dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
        return "the server is read-only";
    }

    /** @return false if the server is read-only, which does not stop a user with the privilege CONNECTION_ADMIN from writing */
    private static boolean write(Connection connection) throws SQLException {
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        try (var statement = connection.createStatement()) {
            var before = lockWaits(statement);
            try {
                setLockWaits(statement, LOCK_WAIT_SECONDS, LOCK_WAIT_SECONDS);
                for (var sql : WRITES_TO_NOTHING) {
                    statement.executeUpdate(sql);
                }
                statement.executeUpdate(SMALL_WRITE);
                return !before.readOnly;
            } finally {
                if (!connection.isClosed()) {
                    setLockWaits(statement, before.table, before.row);
                }
            }
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, usual);
            }
        }
    }

    private record LockWaits(long table, long row, boolean readOnly) {}

    private static LockWaits lockWaits(Statement statement) throws SQLException {
        try (var result = statement.executeQuery(
                "SELECT @@SESSION.lock_wait_timeout, @@SESSION.innodb_lock_wait_timeout, @@GLOBAL.read_only")) {
            result.next();
            return new LockWaits(result.getLong(1), result.getLong(2), result.getBoolean(3));
        }
    }

    private static void setLockWaits(Statement statement, long table, long row) throws SQLException {
        statement.execute("SET SESSION lock_wait_timeout = " + table + ", innodb_lock_wait_timeout = " + row);
    }
}
