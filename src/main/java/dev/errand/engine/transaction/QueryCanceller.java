package dev.errand.engine.transaction;

import com.mysql.cj.jdbc.JdbcConnection;
import io.agroal.api.AgroalDataSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Cancels the statement of a unit of work that has timed out, and says what the statement was waiting for. Thread-safe. */
@Singleton
public final class QueryCanceller {

    private static final Logger LOG = Logger.getLogger(QueryCanceller.class);

    /**
     * MySQL's states of a statement that waits for something outside its transaction: locks on tables, on all writes or on COMMIT,
     * as LOCK TABLES, ALTER TABLE and backups take them; a full disk; a replica that does not acknowledge. It does not match the
     * locks that handlers take with functions, nor row locks, which no state shows.
     */
    private static final Pattern KEPT_WAITING = Pattern.compile(
            "waiting for (table|tables|global read|commit|backup|schema|tablespace|[a-z ]*metadata|disk space"
                    + "|handler commit|semi-sync)\\b.*",
            Pattern.CASE_INSENSITIVE);

    private final AgroalDataSource dataSource;

    @Inject
    QueryCanceller(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** MySQL's id of a connection; does not ask the server. */
    public static long idOf(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class).getId();
    }

    /**
     * Cancels the current statement of a connection, over another connection. MySQL allows each user to do that to the user's own
     * connections.
     *
     * @param otherwise called if MySQL can't be reached
     * @return MySQL's state of the statement if it waited for something outside its transaction; null if not, or if it is not known
     */
    public @Nullable String cancel(long id, Runnable otherwise) {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            String state = null;
            var idle = true;
            try (var result = statement.executeQuery("SHOW PROCESSLIST")) {
                while (result.next()) {
                    if (result.getLong("Id") == id) {
                        state = result.getString("State");
                        idle = "Sleep".equals(result.getString("Command"));
                    }
                }
            }
            if (!idle) {
                statement.execute("KILL QUERY " + id);
            }
            return state != null && KEPT_WAITING.matcher(state).matches() ? state : null;
        } catch (SQLException e) {
            LOG.debugf("MySQL can't be asked what a unit of work waits for: %s", e.getMessage());
            otherwise.run();
            return null;
        }
    }
}
