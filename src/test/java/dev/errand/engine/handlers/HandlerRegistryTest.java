package dev.errand.engine.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The message about a wrong handler names the handler and says how to correct it. */
class HandlerRegistryTest {

    @Handles("a.b")
    private static final class Exact extends Doing {}

    @Handles("a.*")
    private static final class Beginning extends Doing {}

    @Handles(value = "a.*", order = 1)
    private static final class Later extends Doing {}

    @Handles("a b")
    private static final class Illegal extends Doing {}

    @Handles(value = "a.b", timeout = "61s")
    private static final class TooPatient extends Doing {}

    private static final class Nameless extends Doing {}

    private abstract static class Doing implements ActionHandler<Map<String, Object>> {
        @Override
        public void handle(Action<Map<String, Object>> action) {}
    }

    private static HandlerDefinition<?> binding(ActionHandler<?> handler) {
        return GivenHandlers.NONE.binding(handler.getClass(), handler);
    }

    @Test
    void shouldTellHandlersApartThatCollideFromThoseInAnOrder() {
        assertThat(binding(new Exact()).collidesWith(binding(new Beginning()))).isTrue();
        assertThat(binding(new Exact()).collidesWith(binding(new Later()))).isFalse();
    }

    @Test
    void shouldNameAHandlerWithoutTypes() {
        assertThatThrownBy(() -> binding(new Nameless()))
                .hasMessageContaining("HandlerRegistryTest$Nameless")
                .hasMessageContaining("add @Handles(");
    }

    @Test
    void shouldNameAHandlerOfATypeThatNoActionCanHave() {
        assertThatThrownBy(() -> binding(new Illegal()))
                .hasMessageContaining("HandlerRegistryTest$Illegal")
                .hasMessageContaining("use 1 to 100 characters of [A-Za-z0-9._-]");
    }

    @Test
    void shouldNameAHandlerWhoseTimeoutIsLongerThanItsTransaction() {
        assertThatThrownBy(() -> binding(new TooPatient()))
                .hasMessageContaining("HandlerRegistryTest$TooPatient")
                .hasMessageContaining("quarkus.transaction-manager.default-transaction-timeout");
    }
}
