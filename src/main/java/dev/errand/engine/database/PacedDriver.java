package dev.errand.engine.database;

import com.mysql.cj.jdbc.NonRegisteringDriver;
import dev.errand.engine.liveness.Sleeper;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * MySQL's driver, with a pause after each connection that could not be made. The pool tries again at once for as long as somebody
 * waits for a connection: a thousand times a second where MySQL refuses, with a log line each, and as many wrong passwords
 * where the password is wrong. Thread-safe.
 */
public final class PacedDriver extends NonRegisteringDriver {

    /** Short beside an outage, and long beside what it takes to be refused. */
    static final Duration AFTER_FAILURE = Duration.ofMillis(250);

    private final Sleeper pause;

    /** For the pool. */
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
