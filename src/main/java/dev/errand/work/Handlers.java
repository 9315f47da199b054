package dev.errand.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import dev.errand.handler.PermanentFailure;
import dev.errand.handler.Retry;
import io.quarkus.arc.All;
import io.quarkus.arc.InstanceHandle;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The handlers of this application by the action types they handle. Immutable and thread-safe. */
@Singleton
public final class Handlers {

    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private final Map<String, Binding<?>> byType = new HashMap<>();
    private final Map<String, Retry> retries = new HashMap<>();
    private final boolean rejectsUnknown;
    private final ObjectMapper json;
    private final Validator validator;

    /** @throws IllegalStateException if two handlers want one type, or a handler names none or an illegal one */
    @Inject
    Handlers(
            @All List<InstanceHandle<ActionHandler<?>>> handlers,
            ObjectMapper json,
            Validator validator,
            @ConfigProperty(name = "errand.unknown-types", defaultValue = "record") UnknownTypes unknownTypes) {
        this.rejectsUnknown = unknownTypes == UnknownTypes.REJECT;
        this.json = json;
        this.validator = validator;
        for (var handle : handlers) {
            register(handle.getBean().getBeanClass(), handle.get());
        }
    }

    private void register(Class<?> declared, ActionHandler<?> handler) {
        var handles = declared.getAnnotation(Handles.class);
        if (handles == null || handles.value().length == 0) {
            throw new IllegalStateException(declared.getName() + " is an ActionHandler but names no action type: add"
                    + " @Handles(\"some.type\") to it");
        }
        var payload = json.getTypeFactory().constructType(declared).findTypeParameters(ActionHandler.class)[0];
        for (var type : handles.value()) {
            if (!TYPE.matcher(type).matches()) {
                throw new IllegalStateException(declared.getName() + " handles \"" + type
                        + "\", which no action can have as its type: use 1 to 100 of [A-Za-z0-9._-]");
            }
            retries.put(type, handles.retry());
            var other = byType.put(type, new Binding<>(declared, handler, payload));
            if (other != null) {
                throw new IllegalStateException(declared.getName() + " and " + other.declared.getName()
                        + " both handle \"" + type + "\": an action type has one handler");
            }
        }
    }

    private record Binding<T>(Class<?> declared, ActionHandler<T> handler, JavaType payload) {}

    /** What becomes of an action whose type has no handler. */
    public enum UnknownTypes {
        /** It is recorded in the ledger and in the activity. */
        RECORD,
        /** It is dead. */
        REJECT
    }

    /** What handlers say of later attempts, by action type. */
    Map<String, Retry> retries() {
        return Map.copyOf(retries);
    }

    /**
     * Binds an action's payload to what its handler takes and checks it.
     *
     * @return the handler's run, still to be made; null where no handler is there for the type
     * @throws PermanentFailure if the payload is not what the handler takes, or an unknown type is rejected; says what is
     *     wrong
     */
    @Nullable
    Run bind(Action<String> action) {
        var binding = byType.get(action.type());
        if (binding == null && rejectsUnknown) {
            throw new PermanentFailure("no handler is there for the type " + action.type()
                    + ": add one, or record such actions with errand.unknown-types=record");
        }
        return binding == null ? null : bind(binding, action);
    }

    private <T> Run bind(Binding<T> binding, Action<String> action) {
        T payload = read(binding, action.payload());
        var violations = validator.validate(payload);
        if (!violations.isEmpty()) {
            throw new PermanentFailure(violations.stream()
                    .map(violation -> "payload." + violation.getPropertyPath() + " " + violation.getMessage())
                    .sorted()
                    .collect(Collectors.joining("; ")));
        }
        var bound = action.withPayload(payload);
        return () -> binding.handler.handle(bound);
    }

    private <T> T read(Binding<T> binding, String text) {
        try {
            T payload = json.readValue(text, binding.payload);
            if (payload == null) {
                throw new PermanentFailure("payload is null, but " + binding.declared.getSimpleName() + " needs "
                        + binding.payload.getRawClass().getSimpleName());
            }
            return payload;
        } catch (JsonProcessingException e) {
            throw new PermanentFailure(
                    "payload is no " + binding.payload.getRawClass().getSimpleName() + ": " + e.getOriginalMessage(),
                    e);
        }
    }

    /** A handler's run for one action. */
    @FunctionalInterface
    interface Run {
        /** @throws Exception whatever the handler throws */
        void run() throws Exception;
    }
}
