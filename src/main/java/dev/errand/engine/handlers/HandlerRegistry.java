package dev.errand.engine.handlers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Action;
import dev.errand.action.TypePattern;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.handlers.sql.SqlHandler;
import dev.errand.engine.handlers.sql.SqlHandlers;
import dev.errand.engine.transaction.TransactionTimeout;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import dev.errand.handler.Retry;
import io.quarkus.arc.All;
import io.quarkus.arc.InstanceHandle;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The handlers of this application, by action type. Thread-safe. */
@Singleton
public final class HandlerRegistry {

    /** How many types are cached. Publishers choose the types, so their number has no other bound. */
    private static final int REMEMBERED_TYPES = 1000;

    private final List<HandlerDefinition<?>> bindings = new ArrayList<>();
    private final Map<String, List<HandlerDefinition<?>>> byType = new ConcurrentHashMap<>();
    private final ObjectMapper json;
    private final PayloadBinder binder;
    private final Validator validator;
    private final SqlHandlers sqlHandlers;
    private final boolean rejectsUnknown;
    private final Duration transactionTimeout;

    /** What happens to an action whose type has no handler. */
    public enum UnknownTypes {
        /** It is recorded in the ledger and in the user's activity. */
        RECORD,
        /** It is parked as dead. */
        REJECT
    }

    /** @throws IllegalStateException if a handler's settings are invalid; says which handler, and how to correct it */
    @Inject
    HandlerRegistry(
            @All List<InstanceHandle<ActionHandler<?>>> handlers,
            SqlHandlers sqlHandlers,
            ObjectMapper json,
            Validator validator,
            @ConfigProperty(name = "errand.unknown-types", defaultValue = "record") UnknownTypes unknownTypes,
            TransactionTimeout transactionTimeout) {
        this.sqlHandlers = sqlHandlers;
        this.json = json;
        this.binder = new PayloadBinder(json);
        this.validator = validator;
        this.rejectsUnknown = unknownTypes == UnknownTypes.REJECT;
        this.transactionTimeout = transactionTimeout.value();
        for (var handle : handlers) {
            register(binding(handle.getBean().getBeanClass(), handle.get()));
        }
        sqlHandlers.all().forEach(handler -> register(binding(handler)));
        bindings.sort(Comparator.comparingInt(HandlerDefinition::order));
    }

    <T> HandlerDefinition<T> binding(Class<?> declared, ActionHandler<T> handler) {
        var handles = declared.getAnnotation(Handles.class);
        if (handles == null || handles.value().length == 0) {
            throw new IllegalStateException(declared.getName() + " is an ActionHandler but names no action type: add"
                    + " @Handles(\"some.type\") to it");
        }
        try {
            var payload = json.getTypeFactory().constructType(declared).findTypeParameters(ActionHandler.class)[0];
            return new HandlerDefinition<>(
                    declared.getName(),
                    Arrays.stream(handles.value()).map(TypePattern::new).toList(),
                    handles.order(),
                    handler,
                    payload,
                    handles.unknownProperties() == Handles.UnknownProperties.REFUSE,
                    validator.getConstraintsForClass(payload.getRawClass()).isBeanConstrained(),
                    prefetches(declared),
                    checked(handles.timeout().isEmpty() ? null : DurationConverter.parseDuration(handles.timeout())),
                    handles.exclusive() || handles.concurrency() > 0,
                    handles.concurrency() > 0 ? new ConcurrencyLimit(handles.concurrency()) : null,
                    isSaid(handles.retry()) ? handles.retry() : null);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(declared.getName() + ": " + e.getMessage(), e);
        }
    }

    private HandlerDefinition<JsonNode> binding(SqlHandler handler) {
        try {
            return new HandlerDefinition<>(
                    handler.place(),
                    handler.types().stream().map(TypePattern::new).toList(),
                    handler.order(),
                    handler,
                    json.getTypeFactory().constructType(JsonNode.class),
                    false,
                    false,
                    false,
                    checked(handler.timeout()),
                    handler.exclusive() || handler.concurrency() > 0,
                    handler.concurrency() > 0 ? new ConcurrencyLimit(handler.concurrency()) : null,
                    null);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(handler.place() + ": " + e.getMessage(), e);
        }
    }

    private static boolean prefetches(Class<?> declared) {
        try {
            return declared.getMethod("prefetch", List.class).getDeclaringClass() != ActionHandler.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("ActionHandler has this method", e);
        }
    }

    private @Nullable Duration checked(@Nullable Duration timeout) {
        if (timeout != null
                && (timeout.isNegative() || timeout.isZero() || timeout.compareTo(transactionTimeout) >= 0)) {
            throw new IllegalArgumentException(
                    "its timeout of " + timeout + " must be less than the transaction timeout of " + transactionTimeout
                            + ": lower it, or raise quarkus.transaction-manager.default-transaction-timeout");
        }
        return timeout;
    }

    private static boolean isSaid(Retry retry) {
        return retry.attempts() != 0
                || retry.multiplier() != 0
                || !retry.firstDelay().isEmpty()
                || !retry.maxDelay().isEmpty();
    }

    private void register(HandlerDefinition<?> binding) {
        for (var other : bindings) {
            if (binding.collidesWith(other)) {
                throw new IllegalStateException(binding.name() + " and " + other.name() + " handle the same types ("
                        + text(binding) + " and " + text(other)
                        + ") with the same order: give each another one, such as"
                        + " @Handles(value = …, order = 1), so that it is clear which one runs first");
            }
        }
        bindings.add(binding);
    }

    private static String text(HandlerDefinition<?> binding) {
        return binding.types().stream().map(TypePattern::text).collect(Collectors.joining(", "));
    }

    /**
     * Checks the statements of SQL handlers against the database, if that has not been done. No action may be processed before.
     *
     * @return false if the database is not available
     * @throws IllegalStateException if the database refuses a statement; says where it is, and why
     */
    public boolean areChecked() {
        return sqlHandlers.check();
    }

    /** How many handlers there are. */
    public int count() {
        return bindings.size();
    }

    /** The types that handlers name in full, without those that they name by a pattern. */
    public Set<String> types() {
        return bindings.stream()
                .flatMap(binding -> binding.types().stream())
                .map(TypePattern::text)
                .filter(text -> !text.endsWith("*"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The retry settings of a type's first handler that has any. */
    public Optional<Retry> retry(String type) {
        return of(type).stream()
                .map(HandlerDefinition::retry)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The retry settings of all handlers that have any. */
    public List<Retry> retries() {
        return bindings.stream()
                .map(HandlerDefinition::retry)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Binds an action's payload to the payload type of each of its handlers, and validates it.
     *
     * @return the runs to be made, in the handlers' order; empty if there is no handler for the type
     * @throws NonRetryableException if a handler does not accept the payload, or unknown types are rejected; says what is wrong
     */
    public List<Run<?>> bind(Action<String> action) {
        var handling = of(action.type());
        if (handling.isEmpty()) {
            if (rejectsUnknown) {
                throw new NonRetryableException("there is no handler for the type " + action.type()
                        + ": add one, or record such actions with errand.unknown-types=record");
            }
            return List.of();
        }
        if (handling.size() == 1) {
            return List.of(bind(handling.get(0), action));
        }
        List<Run<?>> runs = new ArrayList<>(handling.size());
        for (var binding : handling) {
            runs.add(bind(binding, action));
        }
        return runs;
    }

    private List<HandlerDefinition<?>> of(String type) {
        var known = byType.get(type);
        if (known != null) {
            return known;
        }
        List<HandlerDefinition<?>> found =
                bindings.stream().filter(each -> each.matches(type)).collect(Collectors.toUnmodifiableList());
        if (byType.size() < REMEMBERED_TYPES) {
            byType.put(type, found);
        }
        return found;
    }

    <T> Run<T> bind(HandlerDefinition<T> binding, Action<String> action) {
        T payload = read(binding, action.payload());
        if (binding.constrained()) {
            var violations = validator.validate(payload);
            if (!violations.isEmpty()) {
                throw new NonRetryableException(violations.stream()
                        .map(violation -> "payload." + violation.getPropertyPath() + " " + violation.getMessage())
                        .sorted()
                        .collect(Collectors.joining("; ")));
            }
        }
        return new Run<>(binding, action.withPayload(payload));
    }

    private <T> T read(HandlerDefinition<T> binding, String text) {
        T payload = binder.read(text, binding);
        if (payload == null) {
            throw new NonRetryableException("payload is null, but " + binding.name() + " needs "
                    + binding.payload().getRawClass().getSimpleName());
        }
        return payload;
    }
}
