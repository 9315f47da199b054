package dev.errand.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.transaction.TransactionTimeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryTimeoutStartupCheckTest {

    private final Logger log = Logger.getLogger(DeliveryTimeoutStartupCheck.class.getName());
    private final List<String> lines = new ArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(handler);
    }

    @Test
    void shouldTellWhenATransactionIsShorterThanADelivery() {
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(25)), true).check(null);

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).contains("default-transaction-timeout");
    }

    @Test
    void shouldSayNothingWhenTheyFitOrNothingIsPublished() {
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(60)), true).check(null);
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(2)), false).check(null);

        assertThat(lines).isEmpty();
    }
}
