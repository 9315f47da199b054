package dev.errand.engine.database;

import com.mysql.cj.jdbc.NonRegisteringDriver;
import dev.errand.engine.liveness.Sleeper;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * MySQL's driver with a pause after each failed connection attempt. As long as a thread waits for a connection, the pool tries again
 * at once: a thousand times a second if MySQL refuses, with a log line each, and with a wrong password each time if the password
 * is wrong. Thread-safe.
 */
public final class PacedDriver extends NonRegisteringDriver {

    /** Short compared with an outage, and long compared with the time that a refused attempt takes. */
    static final Duration AFTER_FAILURE = Duration.ofMillis(250);

    private final Sleeper pause;

    /** Called by the pool. */
    public PacedDriver() throws SQLException {
        this(PacedDriver::sleep);
    }

    PacedDriver(Sleeper pause) throws SQLException {
        this.pause = pause;
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        try {
            return super.connect(url, info);
        } catch (SQLException e) {
            pause.pause(AFTER_FAILURE);
            throw e;
        }
    }

    private static boolean sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
