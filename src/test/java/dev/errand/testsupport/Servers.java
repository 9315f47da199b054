package dev.errand.testsupport;

import dev.errand.dev.embedded.InstalledMySql;
import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlDistribution;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.dev.embedded.MySqlZip;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Real servers, as the embedded services start them, for tests that run without Quarkus. */
public final class Servers {

    /**
     * Options of a durable server: every commit is on disk before it is acknowledged. The adaptive hash index and the change buffer
     * are off, as by default in MySQL 8.4. The redo log is so large that a page which many inserts touch is written out only once.
     */
    public static final List<String> DURABLE = List.of(
            "--innodb-flush-log-at-trx-commit=1",
            "--sync-binlog=1",
            "--log-bin=binlog",
            "--server-id=1",
            "--binlog-expire-logs-seconds=600",
            "--innodb-redo-log-capacity=4G",
            "--innodb-adaptive-hash-index=OFF",
            "--innodb-change-buffering=none",
            "--innodb-buffer-pool-size=1G",
            "--max-connections=200");

    /** A strong reference: a logger that is garbage-collected loses its level. */
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    static {
        CLIENTS.setLevel(Level.SEVERE);
    }

    private Servers() {}

    /** A broker that is not started yet. It will have the topic of user actions. */
    public static KafkaServer kafka() {
        var surefire = System.getProperty("surefire.test.class.path");
        var classPath = surefire == null ? System.getProperty("java.class.path") : surefire;
        var paths =
                Arrays.stream(classPath.split(File.pathSeparator)).map(Path::of).toList();
        return new KafkaServer(paths, List.of(Actions.TOPIC));
    }

    /** A server that is not started yet, with options for little memory. */
    public static MySqlServer mySql() {
        return new MySqlServer(mySqlDistribution());
    }

    /** A server that is not started yet. */
    public static MySqlServer mySql(List<String> options) {
        return new MySqlServer(mySqlDistribution(), options);
    }

    /** The distribution that the embedded services use. */
    public static MySqlDistribution mySqlDistribution() {
        var installed = System.getProperty("errand.dev.mysqld", "");
        return installed.isBlank()
                ? new MySqlZip(Path.of(System.getProperty("errand.test.mysql")))
                : new InstalledMySql(Path.of(installed));
    }
}
