package dev.errand.engine.database;

import com.mysql.cj.jdbc.JdbcConnection;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalPoolInterceptor;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Knows which MySQL server each connection of the pool leads to, and tells when that is another one than before: after a failover
 * it may lack what was committed. Listeners are told before anybody gets the first connection to it. Thread-safe.
 */
@Singleton
public final class PrimaryWatch implements AgroalPoolInterceptor {

    private static final Logger LOG = Logger.getLogger(PrimaryWatch.class);

    /** Servers' clocks and their whole seconds differ by less, restarts by more. */
    private static final long SAME_START_SECONDS = 2;

    /**
     * A running server: another one, or the same one started anew, may lack what was committed before.
     *
     * @param uuid MySQL's {@code server_uuid}
     * @param startedAt in seconds since 1970
     */
    public record Server(String uuid, long startedAt) {

        /** Whether it has all that was committed to the other. */
        public boolean isSameAs(@Nullable Server other) {
            return other != null
                    && uuid.equals(other.uuid)
                    && Math.abs(startedAt - other.startedAt) <= SAME_START_SECONDS;
        }
    }

    private final Instance<AgroalDataSource> dataSource;
    private final Map<Connection, Server> servers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** That of the connection which was made last. */
    private @Nullable Server primary;

    @Inject
    PrimaryWatch(Instance<AgroalDataSource> dataSource) {
        this.dataSource = dataSource;
    }

    /** @param listener is run each time another server is in the other's place, by whoever noticed; must not wait */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void onConnectionCreate(Connection connection) {
        try {
            look(connection);
        } catch (SQLException e) {
            LOG.debug("A new connection's server is not known yet: it is asked before a unit of work uses it", e);
        }
    }

    @Override
    public void onConnectionDestroy(Connection connection) {
        try {
            servers.remove(raw(connection));
        } catch (SQLException e) {
            LOG.debug("A connection that is closed is no longer MySQL's", e);
        }
    }

    /**
     * Sees to it that a connection leads to where the last one was made to; asks MySQL only where that is not known.
     *
     * @throws SQLException also if it does not: it is on its way out of the pool, nothing is to be done on it
     */
    public void requirePrimary(Connection connection) throws SQLException {
        var server = servers.get(raw(connection));
        if (!isPrimary(server == null ? look(connection) : server)) {
            throw new SQLException("The connection leads to a server that is no longer in use", "08006");
        }
    }

    /**
     * Asks MySQL which server a connection leads to: a proxy may have changed that.
     *
     * @throws SQLException also if it leads to where the last one does not: nothing is to be done on it
     */
    public Server primary(Connection connection) throws SQLException {
        requirePrimary(connection);
        return look(connection);
    }

    private Server look(Connection connection) throws SQLException {
        var server = serverOf(connection);
        servers.put(raw(connection), server);
        follow(server);
        return server;
    }

    /** Listeners within it: who comes next with a connection to that server waits until they know. */
    private synchronized void follow(Server server) {
        var before = primary;
        primary = server;
        if (before != null && !server.isSameAs(before)) {
            LOG.warn(
                    "MySQL is another server than before, or was started anew: what it may lack is read again from Kafka,"
                            + " where it has been done it is not done twice");
            listeners.forEach(Runnable::run);
            giveUpConnections();
        }
    }

    private synchronized boolean isPrimary(Server server) {
        var same = server.isSameAs(primary);
        if (!same) {
            giveUpConnections();
        }
        return same;
    }

    private void giveUpConnections() {
        dataSource.get().flush(AgroalDataSource.FlushMode.GRACEFUL);
    }

    private static Connection raw(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class);
    }

    private static Server serverOf(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            String uuid;
            long now;
            try (var row = statement.executeQuery("SELECT @@server_uuid, UNIX_TIMESTAMP()")) {
                row.next();
                uuid = row.getString(1);
                now = row.getLong(2);
            }
            try (var row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Uptime'")) {
                row.next();
                return new Server(uuid, now - row.getLong(2));
            }
        }
    }
}
