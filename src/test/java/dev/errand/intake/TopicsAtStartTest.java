package dev.errand.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsAtStartTest {

    @Test
    void shouldWarnOfSeveralTopicsAndSayWhatToDo() {
        assertThat(TopicsAtStart.warning(List.of("orders", " sign-ups")))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("orders, sign-ups", "errand.topics", "\"source\" of its own", "one topic"));
    }

    @Test
    void shouldSayNothingOfOneTopic() {
        assertThat(TopicsAtStart.warning(List.of("orders"))).isEmpty();
        assertThat(TopicsAtStart.warning(List.of("orders", "orders"))).isEmpty();
    }
}
