package dev.errand.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.transaction.TransactionTimeout;
import dev.errand.testsupport.LogLines;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTimeoutStartupCheckTest {

    private final LogLines log = LogLines.of(DeliveryTimeoutStartupCheck.class.getName());

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldWarnWhenATransactionIsNotLongerThanARelaysRound() {
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(45)), true).check(null);

        assertThat(log.lines()).singleElement().asString().contains("default-transaction-timeout");
    }

    @Test
    void shouldSayNothingWhenTheyFitOrNothingIsPublished() {
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(46)), true).check(null);
        new DeliveryTimeoutStartupCheck(new TransactionTimeout(Duration.ofSeconds(2)), false).check(null);

        assertThat(log.lines()).isEmpty();
    }
}
