package dev.errand.dev.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The printed commands with servers that the user has configured. DevModeIT runs the commands themselves. */
class FirstMinuteTest {

    private final Map<String, String> configuration = new HashMap<>(Map.of(
            "errand.topics", "shop.actions, other",
            "kafka.bootstrap.servers", "kafka-1:9092,kafka-2:9092",
            "quarkus.http.host", "0.0.0.0",
            "quarkus.http.port", "8181",
            "quarkus.datasource.jdbc.url", "jdbc:mysql://db.example.com/shop?user=root&password=hidden-1",
            "quarkus.datasource.username", "errand",
            "quarkus.datasource.password", "hidden-2"));

    private String text(boolean examples) {
        return new FirstMinute(key -> Optional.ofNullable(configuration.get(key)), examples).text();
    }

    @Test
    void shouldNameConfiguredServersAndNoPassword() {
        assertThat(text(true))
                .contains("The console: http://localhost:8181/console\n")
                .contains(" | kcat -P -b kafka-1:9092,kafka-2:9092 -t shop.actions -K'|'")
                .contains("\n  mysql --protocol=tcp -h db.example.com -P 3306 -u errand -p shop -e '")
                .doesNotContain("hidden");
    }

    @Test
    void shouldFindTheServerInAddressesOfOtherForms() {
        configuration.put("quarkus.datasource.jdbc.url", "jdbc:mysql:replication://root:hidden@db-1:3307,db-2/shop");
        assertThat(text(true)).contains(" -h db-1 -P 3307 ").doesNotContain("hidden", "root");

        configuration.put("quarkus.datasource.jdbc.url", "jdbc:mysql://[::1]:3308/shop");
        assertThat(text(true)).contains(" -h ::1 -P 3308 ");

        configuration.put("quarkus.datasource.jdbc.url", "jdbc:mysql://(host=db,password=hidden)/shop");
        assertThat(text(true)).doesNotContain("mysql --protocol", "hidden");
    }

    @Test
    void shouldQuoteWhatAShellWouldTakeApart() {
        configuration.put("quarkus.datasource.username", "o'neil $(date)");

        assertThat(text(true)).contains(" -u 'o'\\''neil $(date)' ");
    }

    @Test
    void shouldNotSpeakOfExamplesThatAreNotThere() {
        assertThat(text(false)).contains("SELECT * FROM user_action'").doesNotContain("loyalty", "src/examples");
    }
}
