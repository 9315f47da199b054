package dev.errand.dev.build;

import dev.errand.handler.ActionHandler;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveClassBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveHierarchyBuildItem;
import io.quarkus.deployment.util.JandexUtil;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Type;

/**
 * Registers for native images what only reflection reaches: the payloads that handlers take, with all types in them,
 * which Jackson binds and Bean Validation checks; and the methods of handlers, by which Errand sees what a handler
 * overrides.
 */
public final class HandlersInNativeImage {

    private static final DotName HANDLER = DotName.createSimple(ActionHandler.class.getName());

    /** Finds handlers by the interface that they implement, with or without an annotation. */
    @BuildStep
    void register(
            CombinedIndexBuildItem combined,
            BuildProducer<ReflectiveHierarchyBuildItem> payloads,
            BuildProducer<ReflectiveClassBuildItem> handlers) {
        var index = combined.getIndex();
        handlers.produce(methodsOf(HANDLER));
        for (var handler : index.getAllKnownImplementations(HANDLER)) {
            handlers.produce(methodsOf(handler.name()));
            if (!handler.isAbstract()) {
                produce(handler.name(), index, payloads);
            }
        }
    }

    private static void produce(
            DotName handler, IndexView index, BuildProducer<ReflectiveHierarchyBuildItem> payloads) {
        for (var payload : JandexUtil.resolveTypeParameters(handler, HANDLER, index)) {
            if (isOfTheApplication(payload, index)) {
                payloads.produce(ReflectiveHierarchyBuildItem.builder(payload)
                        .index(index)
                        .source(handler.toString())
                        .build());
            }
        }
    }

    /** Jackson binds JSON trees, strings and maps without reflection. */
    private static boolean isOfTheApplication(Type payload, IndexView index) {
        return payload.kind() == Type.Kind.PARAMETERIZED_TYPE || index.getClassByName(payload.name()) != null;
    }

    private static ReflectiveClassBuildItem methodsOf(DotName type) {
        return ReflectiveClassBuildItem.builder(type.toString()).methods().build();
    }
}
