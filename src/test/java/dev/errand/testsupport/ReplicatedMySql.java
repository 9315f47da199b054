package dev.errand.testsupport;

import dev.errand.dev.embedded.MySqlServer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A MySQL server and a standby with asynchronous replication, behind one address. For one thread. */
public final class ReplicatedMySql implements AutoCloseable {

    private static final Duration CATCH_UP = Duration.ofMinutes(5);

    private final Forwarder address = new Forwarder(0);
    private int servers;
    private MySqlServer primary;
    private @Nullable MySqlServer standby;
    private @Nullable MySqlServer leftBehind;

    /** Starts the primary. */
    public void start() {
        primary = server();
        address.leadTo(primary.port());
    }

    /** Starts a standby and waits until it has all data that the primary has now. */
    public void startStandby() {
        standby = standbyOf(primary);
        awaitStandby();
    }

    private MySqlServer server() {
        var server = Servers.mySql(List.of(
                "--server-id=" + ++servers,
                "--log-bin=binlog",
                "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON",
                "--innodb-flush-log-at-trx-commit=2",
                "--sync-binlog=0",
                "--innodb-redo-log-capacity=64M",
                "--innodb-buffer-pool-size=128M",
                "--performance-schema=OFF",
                "--max-connections=200"));
        server.start();
        return server;
    }

    private MySqlServer standbyOf(MySqlServer source) {
        var server = server();
        var database = database(server);
        database.execute("SET GLOBAL super_read_only = ON");
        database.execute("""
                CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = %d, SOURCE_USER = 'errand',
                  SOURCE_PASSWORD = 'errand', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1""".formatted(source.port()));
        database.execute("START REPLICA");
        return server;
    }

    /** The URL of the address, which leads to the current primary. */
    public String jdbcUrl() {
        return primary.jdbcUrl().replace(":" + primary.port() + "/", ":" + address.port() + "/");
    }

    /** The database of the primary, whichever server that is at the time of a query. */
    public Database database() {
        return Database.at(() -> primary.jdbcUrl());
    }

    /** The database of the standby. */
    public Database standbyDatabase() {
        return database(standby);
    }

    private static Database database(MySqlServer server) {
        return Database.at(server::jdbcUrl);
    }

    /** Waits until the standby has all data that the primary has now. */
    public void awaitStandby() {
        var executed = database(primary).texts("SELECT @@GLOBAL.gtid_executed").get(0);
        var missing =
                database(standby).number("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)", executed, CATCH_UP.toSeconds());
        if (missing != 0) {
            throw new IllegalStateException("The standby did not catch up");
        }
    }

    /** From now on the standby receives the primary's log and does not apply it. */
    public void holdStandbyBack() {
        database(standby).execute("STOP REPLICA SQL_THREAD");
    }

    /** The primary dies for good, and the standby takes its place with the data that it has. */
    public void failOver() {
        primary.close();
        address.cut();
        promote();
    }

    /** The standby takes the place of the primary, which lives on with its open connections. */
    public void failOverLeavingThePrimaryAlive() {
        leftBehind = primary;
        promote();
    }

    /** The database of the old primary that lives on. */
    public Database databaseLeftBehind() {
        return database(leftBehind);
    }

    private void promote() {
        var promoted = database(standby);
        promoted.execute("STOP REPLICA");
        promoted.execute("RESET REPLICA ALL");
        promoted.execute("SET GLOBAL super_read_only = OFF");
        promoted.execute("SET GLOBAL read_only = OFF");
        primary = standby;
        standby = null;
        address.leadTo(primary.port());
    }

    /** Sends SIGKILL to the primary and starts the same server again. */
    public void killAndRestart() {
        primary.kill();
        primary.start();
    }

    @Override
    public void close() {
        address.close();
        if (primary != null) {
            primary.close();
        }
        if (standby != null) {
            standby.close();
        }
        if (leftBehind != null) {
            leftBehind.close();
        }
    }
}
