package dev.errand.web;

import dev.errand.web.WrongParameter.In;
import dev.errand.web.WrongParameter.Wrong;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads parameters that are no texts, strictly: what is no such value is refused by name. Immutable and thread-safe. */
@Provider
public class Parameters implements ParamConverterProvider {

    /** What is wanted where a time is. */
    public static final String TIME = "a time such as 2026-11-22T05:00:00Z";

    private static final Kind LONG =
            new Kind(Long::valueOf, "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
    private static final Kind INT =
            new Kind(Integer::valueOf, "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    private static final Kind BOOLEAN = new Kind(Parameters::truth, "true or false");

    private static final Map<Class<?>, Kind> KINDS = Map.of(
            long.class,
            LONG,
            Long.class,
            LONG,
            int.class,
            INT,
            Integer.class,
            INT,
            boolean.class,
            BOOLEAN,
            Boolean.class,
            BOOLEAN,
            UUID.class,
            new Kind(Parameters::uuid, "a UUID such as 123e4567-e89b-12d3-a456-426614174000"),
            Instant.class,
            new Kind(Instant::parse, TIME));

    private record Kind(Function<String, ?> read, String wanted) {}

    @Override
    @SuppressWarnings("unchecked") // each kind reads what its class says
    public <T> @Nullable ParamConverter<T> getConverter(Class<T> type, Type generic, Annotation[] annotations) {
        var kind = KINDS.get(type);
        return kind == null ? null : (ParamConverter<T>) Strict.of(kind, annotations);
    }

    /**
     * Reads a text that a parameter has.
     *
     * @param wanted what would be right, for a person
     * @throws WrongParameter if it can't be read
     */
    public static <T> T read(In in, String name, String text, Function<String, T> read, String wanted) {
        try {
            return read.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new WrongParameter(new Wrong(in, name, text, wanted));
        }
    }

    private static Boolean truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("It is neither");
        }
        return Boolean.valueOf(text);
    }

    /** The JDK reads "1-1-1-1-1" too. */
    private static UUID uuid(String text) {
        var uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("It is not written as a UUID");
        }
        return uuid;
    }

    private record Strict(Kind kind, In in, String name) implements ParamConverter<Object> {

        static Strict of(Kind kind, Annotation[] annotations) {
            for (var each : annotations) {
                if (each instanceof QueryParam query) {
                    return new Strict(kind, In.QUERY, query.value());
                }
                if (each instanceof PathParam path) {
                    return new Strict(kind, In.PATH, path.value());
                }
                if (each instanceof FormParam form) {
                    return new Strict(kind, In.FORM, form.value());
                }
            }
            throw new IllegalStateException("There is no other place of parameters here");
        }

        @Override
        public @Nullable Object fromString(@Nullable String text) {
            return text == null ? null : read(in, name, text, kind.read, kind.wanted);
        }

        @Override
        public String toString(Object value) {
            return value.toString();
        }
    }
}
