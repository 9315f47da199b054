package dev.errand.engine.handlers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says why a payload does not match a handler's type, in words for its publisher: where, what is there, and what is expected. */
final class PayloadMismatch {

    private static final int LONGEST_QUOTE = 60;

    private static final ObjectMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** What is expected for each Java type. */
    private static final Map<Class<?>, String> WORDS = Map.ofEntries(
            Map.entry(BigInteger.class, "a whole number"),
            Map.entry(BigDecimal.class, "a number"),
            Map.entry(Number.class, "a number"),
            Map.entry(boolean.class, "true or false"),
            Map.entry(Boolean.class, "true or false"),
            Map.entry(AtomicBoolean.class, "true or false"),
            Map.entry(String.class, "a string"),
            Map.entry(CharSequence.class, "a string"),
            Map.entry(char.class, "a string of one character"),
            Map.entry(Character.class, "a string of one character"),
            Map.entry(UUID.class, "a string that is a UUID"),
            Map.entry(URI.class, "a string that is an address"),
            Map.entry(URL.class, "a string that is an address"),
            Map.entry(Duration.class, "a string that is a duration, such as \"PT15M\""),
            Map.entry(Period.class, "a string that is a period, such as \"P1M\""),
            Map.entry(LocalDate.class, "a string that is a date, such as \"2026-11-22\""),
            Map.entry(LocalTime.class, "a string that is a time of day, such as \"05:00:00\""),
            Map.entry(LocalDateTime.class, "a string that is a time without a zone, such as \"2026-11-22T05:00:00\""),
            Map.entry(double[].class, "an array of numbers"),
            Map.entry(float[].class, "an array of numbers"),
            Map.entry(byte[].class, "a string that is Base64"));

    private static final Map<Class<?>, List<? extends Number>> WHOLE = Map.of(
            byte.class, List.of(Byte.MIN_VALUE, Byte.MAX_VALUE),
            Byte.class, List.of(Byte.MIN_VALUE, Byte.MAX_VALUE),
            short.class, List.of(Short.MIN_VALUE, Short.MAX_VALUE),
            Short.class, List.of(Short.MIN_VALUE, Short.MAX_VALUE),
            int.class, List.of(Integer.MIN_VALUE, Integer.MAX_VALUE),
            Integer.class, List.of(Integer.MIN_VALUE, Integer.MAX_VALUE),
            long.class, List.of(Long.MIN_VALUE, Long.MAX_VALUE),
            Long.class, List.of(Long.MIN_VALUE, Long.MAX_VALUE));

    private PayloadMismatch() {}

    /**
     * Describes a mismatch.
     *
     * @param text the payload
     * @param wanted the type to which it had to be bound
     */
    static String described(JsonProcessingException e, String text, JavaType wanted) {
        List<Reference> path = e instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
        var place = place(path);
        if (e instanceof UnrecognizedPropertyException unknown) {
            return place + " is not known: " + unknown.getReferringClass().getSimpleName() + " has "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ", and its handler refuses others (unknownProperties)";
        }
        if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
            return place + " is refused by " + wanted.getRawClass().getSimpleName() + ": "
                    + refused.getCause().getMessage();
        }
        var type = wantedType(e, path);
        if (type == null) {
            return place + " is not a valid " + wanted.getRawClass().getSimpleName() + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse("");
        }
        var value = valueAt(path, text);
        return place
                + found(value)
                + (value == null ? ", and has to be " : ", not ")
                + words(type, value)
                + twice(value);
    }

    private static @Nullable Class<?> wantedType(Throwable e, List<Reference> path) {
        var type = declaredType(e);
        var inArray = !path.isEmpty() && path.get(path.size() - 1).getIndex() >= 0;
        return type != null && type.isArray() && inArray ? type.getComponentType() : type;
    }

    private static @Nullable Class<?> declaredType(Throwable e) {
        for (Throwable next = e; next != null; next = next.getCause()) {
            if (next instanceof InputCoercionException coercion) {
                return coercion.getTargetType();
            }
            if (next instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
                return mismatch.getTargetType();
            }
        }
        return null;
    }

    private static String place(List<Reference> path) {
        var place = new StringBuilder("payload");
        for (var step : path) {
            if (step.getFieldName() != null) {
                place.append('.').append(step.getFieldName());
            } else if (step.getIndex() >= 0) {
                place.append('[').append(step.getIndex()).append(']');
            }
        }
        return place.toString();
    }

    /** @return null if there is no value */
    private static @Nullable JsonNode valueAt(List<Reference> path, String text) {
        try {
            JsonNode node = EXACT.readTree(text);
            for (var step : path) {
                node = step.getFieldName() != null
                        ? node.path(step.getFieldName())
                        : step.getIndex() >= 0 ? node.path(step.getIndex()) : node;
            }
            return node.isMissingNode() ? null : node;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A payload that was read is JSON", e);
        }
    }

    private static String found(@Nullable JsonNode value) {
        if (value == null) {
            return " is missing";
        }
        var text = value.toString();
        return " is " + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…");
    }

    private static String words(Class<?> type, @Nullable JsonNode value) {
        var range = WHOLE.get(type);
        if (range != null) {
            return value != null && value.isIntegralNumber()
                    ? "a whole number from " + range.get(0) + " to " + range.get(1)
                    : "a whole number";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return value != null && value.isNumber()
                    ? "a number that a " + type.getSimpleName().toLowerCase(Locale.ROOT) + " can hold"
                    : "a number";
        }
        var known = WORDS.get(type);
        if (known != null) {
            return known;
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (Temporal.class.isAssignableFrom(type) || Date.class.isAssignableFrom(type)) {
            return "a string that is a time, such as \"2026-11-22T05:00:00Z\"";
        }
        if (Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        return type.isArray() || Collection.class.isAssignableFrom(type)
                ? "an array"
                : Map.class.isAssignableFrom(type) ? "an object" : "an object (" + type.getSimpleName() + ")";
    }

    private static String twice(@Nullable JsonNode value) {
        if (value == null || !value.isTextual()) {
            return "";
        }
        var inside = value.textValue().strip();
        return inside.startsWith("{") || inside.startsWith("[")
                ? ": it is a string that holds JSON, encoded twice"
                : "";
    }
}
