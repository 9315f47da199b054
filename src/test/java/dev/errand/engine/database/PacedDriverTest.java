package dev.errand.engine.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PacedDriverTest {

    private final List<Duration> pauses = new ArrayList<>();

    @Test
    void shouldPauseAfterEachConnectionThatIsRefused() throws Exception {
        var driver = new PacedDriver(duration -> pauses.add(duration));
        var url = "jdbc:mysql://127.0.0.1:" + closedPort() + "/errand?openTelemetry=DISABLED";

        for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> driver.connect(url, new Properties())).isInstanceOf(SQLException.class);
            assertThat(pauses).hasSize(i).containsOnly(PacedDriver.AFTER_FAILURE);
        }
    }

    @Test
    void shouldLeaveOtherDriversTheirs() throws Exception {
        var driver = new PacedDriver(duration -> pauses.add(duration));

        assertThat(driver.connect("jdbc:other://127.0.0.1/errand", new Properties()))
                .isNull();
        assertThat(pauses).isEmpty();
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
