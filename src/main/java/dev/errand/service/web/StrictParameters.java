package dev.errand.service.web;

import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.InvalidParameterException.Wrong;
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
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Converts parameters that are not strings. An invalid value is refused with the name of its parameter. Immutable and
 * thread-safe.
 */
@Provider
public class StrictParameters implements ParamConverterProvider {

    /** What is expected of a time, for a person. */
    public static final String TIME = "a time such as 2026-11-22T05:00:00Z";

    private static final Kind LONG =
            new Kind(Long::valueOf, "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
    private static final Kind INT =
            new Kind(Integer::valueOf, "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    private static final Kind BOOLEAN = new Kind(StrictParameters::truth, "true or false");

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
            new Kind(StrictParameters::uuid, "a UUID such as 123e4567-e89b-12d3-a456-426614174000"),
            Instant.class,
            new Kind(Instant::parse, TIME));

    private record Kind(Function<String, ?> read, String wanted) {}

    @Override
    @SuppressWarnings("unchecked") // each kind reads values of the class it stands under
    public <T> @Nullable ParamConverter<T> getConverter(Class<T> type, Type generic, Annotation[] annotations) {
        var kind = KINDS.get(type);
        return kind == null ? null : (ParamConverter<T>) Strict.of(kind, annotations);
    }

    /**
     * Reads the text of a parameter.
     *
     * @param wanted what would be valid, for a person
     * @throws InvalidParameterException if {@code read} refuses the text
     */
    public static <T> T read(In in, String name, String text, Function<String, T> read, String wanted) {
        try {
            return read.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new InvalidParameterException(new Wrong(in, name, text, wanted));
        }
    }

    /**
     * Reads one of an enum's constants.
     *
     * @throws InvalidParameterException if it is none of them
     */
    public static <E extends Enum<E>> E oneOf(In in, String name, String text, Class<E> type) {
        return read(
                in, name, text, each -> Enum.valueOf(type, each), "one of " + Arrays.toString(type.getEnumConstants()));
    }

    /** The part of a request that a parameter is in, and its name there. */
    record Place(In in, String name) {

        /** Empty if the annotations are not those of a parameter but, say, of the body. */
        static Optional<Place> of(Annotation[] annotations) {
            for (var each : annotations) {
                if (each instanceof QueryParam query) {
                    return Optional.of(new Place(In.QUERY, query.value()));
                }
                if (each instanceof PathParam path) {
                    return Optional.of(new Place(In.PATH, path.value()));
                }
                if (each instanceof FormParam form) {
                    return Optional.of(new Place(In.FORM, form.value()));
                }
            }
            return Optional.empty();
        }
    }

    private static Boolean truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("It is neither");
        }
        return Boolean.valueOf(text);
    }

    /** Stricter than {@link UUID#fromString}, which also reads "1-1-1-1-1". */
    private static UUID uuid(String text) {
        var uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("It is not written as a UUID");
        }
        return uuid;
    }

    private record Strict(Kind kind, Place place) implements ParamConverter<Object> {

        static Strict of(Kind kind, Annotation[] annotations) {
            return new Strict(
                    kind,
                    Place.of(annotations)
                            .orElseThrow(() ->
                                    new IllegalStateException("Only path, query and form parameters are converted")));
        }

        @Override
        public @Nullable Object fromString(@Nullable String text) {
            return text == null ? null : read(place.in, place.name, text, kind.read, kind.wanted);
        }

        @Override
        public String toString(Object value) {
            return value.toString();
        }
    }
}
