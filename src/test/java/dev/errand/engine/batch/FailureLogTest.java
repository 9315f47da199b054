package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.OwnProcess;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Many failures make only a few log lines. */
@QuarkusTest
@TestProfile(OwnProcess.class)
class FailureLogTest {

    private static final int OF_EACH_KIND = 300;
    private static final Pattern MORE = Pattern.compile("([\\d,]+) more .* in the last 10 s");

    @Inject
    Probe probe;

    @Inject
    Publisher publisher;

    @Inject
    Database database;

    @Test
    void shouldTellTheFirstOfAKindAndCountTheOthersInAStorm() {
        // Given
        var id = newId();
        var users = new ArrayList<String>();
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < OF_EACH_KIND; i++) {
            var user = newUser();
            users.add(user);
            probe.steps.put(user, attempted -> {
                throw new NonRetryableException("the card of " + attempted.id());
            });
            records.add(record(newId(), "test.probe", user, "{}"));
            var second = newUser();
            users.add(second);
            records.add(new ProducerRecord<>(TOPIC, second, "no action of " + second));
            var third = newUser();
            users.add(third);
            records.add(record(id, "test.same", third, "{}"));
        }
        var before = dead(database);

        // When
        try (var log = LogLines.of(BatchLog.class.getName())) {
            publisher.publish(records);

            // Then
            await().atMost(Duration.ofSeconds(60)).until(() -> dead(database) - before == 3 * OF_EACH_KIND - 1);
            await().atMost(Duration.ofSeconds(25))
                    .untilAsserted(() -> assertThat(counted(log.lines())).isEqualTo(3 * OF_EACH_KIND - 1));
            assertThat(log.lines()).hasSizeLessThanOrEqualTo(12);
            assertThat(log.lines())
                    .allSatisfy(
                            line -> assertThat(line).doesNotContain("the card").doesNotContain(id))
                    .allSatisfy(line -> assertThat(users).noneMatch(line::contains));
        }
    }

    private static long dead(Database database) {
        return database.number("SELECT COUNT(*) FROM parked_action WHERE state = 'DEAD'");
    }

    private static long counted(List<String> lines) {
        return lines.stream()
                .map(MORE::matcher)
                .mapToLong(matcher ->
                        matcher.matches() ? Long.parseLong(matcher.group(1).replaceAll("\\D", "")) : 1)
                .sum();
    }
}
