package dev.errand.engine.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Action;
import dev.errand.action.TypePattern;
import dev.errand.handler.Events;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events that the handlers of one unit of work emit. Not thread-safe: for the unit's own thread. */
@RequestScoped
public class TransactionEvents implements Events {

    private final ObjectMapper json;
    private final EventLimit limit;
    private final List<OutboxEvent> emitted = new ArrayList<>();
    private @Nullable Action<?> current;
    private int ofCurrent;

    @Inject
    TransactionEvents(ObjectMapper json, EventLimit limit) {
        this.json = json;
        this.limit = limit;
    }

    /** Sets the action whose handler runs now, and to which emitted events belong. */
    public void handling(Action<?> action) {
        if (current == null || !current.key().equals(action.key())) {
            current = action;
            ofCurrent = 0;
        }
    }

    @Override
    public void emit(String type, Object payload) {
        var action = current;
        if (action == null) {
            throw new IllegalStateException("Only a handler can emit events, and only while it runs");
        }
        new TypePattern(type).requireOneType();
        // A refused event uses up its number, so that later ones keep their ids when the limit has been raised.
        var event = new OutboxEvent(
                id(action, ofCurrent++),
                action.userId(),
                type,
                text(type, payload),
                action.key(),
                action.occurredAtUtc(),
                action.traceContext());
        limit.check(event);
        emitted.add(event);
    }

    /** All events emitted so far, in order. */
    public List<OutboxEvent> emitted() {
        return emitted;
    }

    private String text(String type, Object payload) {
        try {
            return json.writeValueAsString(payload);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The payload of the event " + type + " can't be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** An id that is the same for each attempt: a name-based UUID of the action's key and the event's number. */
    private static String id(Action<?> action, int number) {
        var key = action.key();
        var name = key.source().length() + ":" + key.source() + key.id() + "#" + number;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
