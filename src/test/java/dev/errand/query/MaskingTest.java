package dev.errand.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaskingTest {

    @Test
    void shouldMaskPayloadsOfTheTypesThatAreNamed() {
        var masking = new Masking(() -> Optional.of(List.of("payment.*", "user.signed-up")));

        assertThat(masking.shown("payment.made", "{\"iban\":1}")).isEqualTo(Masking.MASK);
        assertThat(masking.shown("user.signed-up", "{}")).isEqualTo(Masking.MASK);
        assertThat(masking.shown("user.signed-up.again", "{}")).isEqualTo("{}");
        assertThat(masking.shown("payment.made", null)).isNull();
    }

    @Test
    void shouldMaskWhatCantBeReadWhereAnythingIsMasked() {
        assertThat(new Masking(() -> Optional.of(List.of("payment.*"))).masks(null))
                .isTrue();
        assertThat(new Masking(Optional::empty).masks(null)).isFalse();
    }

    @Test
    void shouldRefuseWhatCanBeNoType() {
        assertThatThrownBy(() -> new Masking(() -> Optional.of(List.of("payment made"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("errand.masking.types")
                .hasMessageContaining("payment made");
    }
}
