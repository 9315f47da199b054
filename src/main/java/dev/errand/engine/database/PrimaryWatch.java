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
 * Knows to which MySQL server each connection of the pool leads, and detects a failover to another one, which may lack committed
 * transactions. Listeners are called before the first connection to the new server is used. Thread-safe.
 */
@Singleton
public final class PrimaryWatch implements AgroalPoolInterceptor {

    private static final Logger LOG = Logger.getLogger(PrimaryWatch.class);

    /** Two computations of one start differ by less, because they use whole seconds; two starts differ by more. */
    private static final long SAME_START_SECONDS = 2;

    /**
     * A run of a server. Another server, or another run of the same server, may lack transactions that were committed before.
     *
     * @param uuid MySQL's {@code server_uuid}
     * @param startedAt when it was started, in seconds since 1970
     */
    public record Server(String uuid, long startedAt) {

        /** Whether this is the same run of the same server, so that it has all that was committed there. */
        public boolean isSameAs(@Nullable Server other) {
            return other != null
                    && uuid.equals(other.uuid)
                    && Math.abs(startedAt - other.startedAt) <= SAME_START_SECONDS;
        }
    }

    private final Instance<AgroalDataSource> dataSource;
    private final Map<Connection, Server> servers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** The server of the newest connection. */
    private @Nullable Server primary;

    @Inject
    PrimaryWatch(Instance<AgroalDataSource> dataSource) {
        this.dataSource = dataSource;
    }

    /** @param listener called at each failover, on the thread that detects it; must not block */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void onConnectionCreate(Connection connection) {
        try {
            look(connection);
        } catch (SQLException e) {
            LOG.debug("The server of a new connection is not known yet: it is asked before the connection is used", e);
        }
    }

    @Override
    public void onConnectionDestroy(Connection connection) {
        try {
            servers.remove(raw(connection));
        } catch (SQLException e) {
            LOG.debug("A closed connection can't be unwrapped", e);
        }
    }

    /**
     * Checks that a connection leads to the same server as the newest one. Asks MySQL only if the connection's server is not known.
     *
     * @throws SQLException also if it leads to another server; the connection must not be used, and the pool closes it
     */
    public void requirePrimary(Connection connection) throws SQLException {
        var server = servers.get(raw(connection));
        if (!isPrimary(server == null ? look(connection) : server)) {
            throw new SQLException("The connection leads to a server that is no longer the primary", "08006");
        }
    }

    /**
     * Asks MySQL to which server a connection leads, because a proxy may have changed that.
     *
     * @throws SQLException also if the connection led to another server than the newest one; it must not be used
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

    /** Calls listeners under the lock, so that the next thread with a connection to the new server waits until they are done. */
    private synchronized void follow(Server server) {
        var before = primary;
        primary = server;
        if (before != null && !server.isSameAs(before)) {
            LOG.warn(
                    "MySQL has failed over to another server, or was restarted: records whose work it may lack are read again"
                            + " from Kafka, those that are done already are skipped as duplicates");
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
