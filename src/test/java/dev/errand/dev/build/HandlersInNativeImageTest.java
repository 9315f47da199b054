package dev.errand.dev.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveClassBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveHierarchyBuildItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.jandex.Index;
import org.junit.jupiter.api.Test;

class HandlersInNativeImageTest {

    record Gift(String what) {}

    record Basket<T>(List<T> things) {}

    /** A generic base class: its subclasses say which payload they take. */
    abstract static class Base<T> implements ActionHandler<T> {
        @Override
        public void handle(Action<T> action) {}
    }

    static final class OfGifts extends Base<Gift> {}

    static final class OfBaskets extends Base<Basket<Gift>> {}

    static final class OfTrees extends Base<JsonNode> {}

    @Test
    void shouldKeepWhatHandlersTakeHoweverTheySayIt() throws IOException {
        // Given
        var index = Index.of(
                ActionHandler.class,
                Base.class,
                OfGifts.class,
                OfBaskets.class,
                OfTrees.class,
                Gift.class,
                Basket.class);
        List<ReflectiveHierarchyBuildItem> payloads = new ArrayList<>();
        List<ReflectiveClassBuildItem> handlers = new ArrayList<>();

        // When
        new HandlersInNativeImage().register(new CombinedIndexBuildItem(index, index), payloads::add, handlers::add);

        // Then
        assertThat(payloads.stream().map(each -> each.getType().toString()))
                .containsExactlyInAnyOrder(
                        Gift.class.getName(), Basket.class.getName() + "<" + Gift.class.getName() + ">");
        assertThat(handlers).allMatch(ReflectiveClassBuildItem::isMethods);
        assertThat(handlers.stream().flatMap(each -> each.getClassNames().stream()))
                .containsExactlyInAnyOrder(
                        ActionHandler.class.getName(),
                        Base.class.getName(),
                        OfGifts.class.getName(),
                        OfBaskets.class.getName(),
                        OfTrees.class.getName());
    }
}
