package dev.errand.engine.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicStartupCheckTest {

    @Test
    void shouldWarnOfSeveralTopicsAndSayWhatToDo() {
        assertThat(TopicStartupCheck.warning(List.of("orders", " sign-ups")))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("orders, sign-ups", "errand.topics", "\"source\" of its own", "one topic"));
    }

    @Test
    void shouldSayNothingOfOneTopic() {
        assertThat(TopicStartupCheck.warning(List.of("orders"))).isEmpty();
        assertThat(TopicStartupCheck.warning(List.of("orders", "orders"))).isEmpty();
    }
}
