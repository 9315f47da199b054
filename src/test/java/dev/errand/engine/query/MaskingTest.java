package dev.errand.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaskingTest {

    @Test
    void shouldMaskPayloadsOfTheTypesThatAreNamed() {
        var masking = new Masking(() -> Optional.of(List.of("payment.*", "user.signed-up")));

        assertThat(masking.masks("payment.made")).isTrue();
        assertThat(masking.masks("user.signed-up")).isTrue();
        assertThat(masking.masks("user.signed-up.again")).isFalse();
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
