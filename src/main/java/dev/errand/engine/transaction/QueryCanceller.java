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

/** Ends what MySQL does for a unit of work whose time is up, and says what that waited for. Thread-safe. */
@Singleton
public final class QueryCanceller {

    private static final Logger LOG = Logger.getLogger(QueryCanceller.class);

    /**
     * As MySQL calls the states of a statement that others keep from going on: locks on tables, on all writes or on COMMIT, as
     * LOCK TABLES, ALTER TABLE and backups take them; a disk that is full; a replica that does not acknowledge. Not the locks
     * that handlers take by functions, nor those on rows, which show in no state.
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

    /** By which MySQL knows a connection, without asking it. */
    public static long idOf(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class).getId();
    }

    /**
     * Cancels by a connection of its own; for every user that is allowed for the user's own connections.
     *
     * @param otherwise what to do where MySQL can't be asked
     * @return what it was {@code Waiting for}; null where that is not known or was nothing that others are to blame for
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
            LOG.debugf("MySQL could not be asked what a unit of work waits for: %s", e.getMessage());
            otherwise.run();
            return null;
        }
    }
}
