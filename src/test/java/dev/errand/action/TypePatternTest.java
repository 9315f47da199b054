package dev.errand.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypePatternTest {

    @ParameterizedTest
    @CsvSource({
        "order.placed, order.placed, true",
        "order.placed, order.placed2, false",
        "order.*, order.placed, true",
        "order.*, order.item.added, true",
        "order.*, order, false",
        "order.*, orders.placed, false",
        "*, anything, true",
    })
    void shouldMatchTypes(String pattern, String type, boolean matches) {
        assertThat(new TypePattern(pattern).matches(type)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, b, false",
        "a.*, a.b, true",
        "a.*, a.b.*, true",
        "a.*, b.*, false",
        "*, a, true",
    })
    void shouldTellWhetherPatternsMeanSomeTypeBoth(String one, String other, boolean overlap) {
        assertThat(new TypePattern(one).overlaps(new TypePattern(other))).isEqualTo(overlap);
        assertThat(new TypePattern(other).overlaps(new TypePattern(one))).isEqualTo(overlap);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "*.placed", "a*b", "a**", "ä"})
    void shouldRefusePatternsThatNoTypeCanMatch(String pattern) {
        assertThatThrownBy(() -> new TypePattern(pattern)).hasMessageContaining("is not a valid action type");
    }
}
