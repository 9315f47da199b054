package dev.errand.engine.handlers.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.examples.LoyaltyAccount;
import dev.errand.testkit.Errand;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** The handlers of {@code src/test/resources/sql-handlers}. */
@QuarkusTest
class SqlHandlerTest {

    @Inject
    Errand errand;

    private final String user = "sql-" + System.nanoTime();

    @Test
    void shouldRunItsStatementsWithTheActionsValues() {
        errand.publish("test.sql", user, "{\"order\":{\"points\":7}}").awaitDone();
        errand.publish("test.sql", user, "{\"order\":{\"points\":2},\"note\":\"double it\"}")
                .awaitDone();

        assertThat(errand.find(LoyaltyAccount.class, user).points).isEqualTo((7 + 1 + 2) * 2 + 1);
    }

    @Test
    void shouldTellWhatIsMissingInAPayload() {
        var why = errand.publish("test.sql", user, "{\"order\":{}}").awaitDead();

        assertThat(why).startsWith("payload.order.points is missing");
    }

    @Test
    void shouldTakeHostileValuesAsValues() {
        errand.publish("test.sql", user, "{\"order\":{\"points\":1},\"note\":\"x'); DROP TABLE loyalty_account; --\"}")
                .awaitDone();

        assertThat(errand.find(LoyaltyAccount.class, user).points).isEqualTo(2);
    }

    @Test
    void shouldKeepAnActionWhoseValueTheDatabaseRefuses() {
        var why = errand.publish("test.sql", user, "{\"order\":{\"points\":\"many\"}}")
                .awaitDead();

        assertThat(why).contains("many");
        assertThat(errand.find(LoyaltyAccount.class, user)).isNull();
    }
}
