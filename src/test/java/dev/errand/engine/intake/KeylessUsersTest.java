package dev.errand.engine.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KeylessUsersTest {

    private final KeylessUsers users = new KeylessUsers();

    @Test
    void shouldSeeOneUsersRecordsInSeveralPartitions() {
        assertThat(users.elsewhere("u-1", at("t", 0))).isEmpty();
        assertThat(users.elsewhere("u-1", at("t", 0))).isEmpty();
        assertThat(users.elsewhere("u-2", at("t", 1))).isEmpty();
        assertThat(users.elsewhere("u-1", at("t", 3))).contains(at("t", 0));
        assertThat(users.elsewhere("u-1", at("other", 2))).isEmpty();
    }

    @Test
    void shouldNotTakeOneUserForAnotherNorRememberWhatIsNobodys() {
        // These two have the same hash code.
        assertThat(users.elsewhere("Aa", at("t", 0))).isEmpty();
        assertThat(users.elsewhere("BB", at("t", 1))).isEmpty();
        assertThat(users.elsewhere("", at("t", 0))).isEmpty();
        assertThat(users.elsewhere("", at("t", 1))).isEmpty();
        assertThat(users.elsewhere("x".repeat(65), at("t", 0))).isEmpty();
        assertThat(users.elsewhere("x".repeat(65), at("t", 1))).isEmpty();
    }

    private static TopicPartition at(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }
}
