package dev.errand.engine.handlers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.std.DateDeserializers.DateDeserializer;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.PrimitiveArrayDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.deser.DurationDeserializer;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import com.fasterxml.jackson.datatype.jsr310.deser.LocalDateDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;

/**
 * Refuses coercions that Jackson's own deserialisers do regardless of their configuration: numbers as times, which may count days,
 * seconds or milliseconds; the strings "NaN" and "Infinity" as numbers; an empty string or a number as a character.
 */
final class StrictScalars extends DelegatingDeserializer {

    private static final long serialVersionUID = 1;

    /** What a type refuses. */
    private enum Rule {
        NO_NUMBER {
            @Override
            boolean takes(JsonParser parser) {
                return !parser.currentToken().isNumeric();
            }
        },
        ONE_CHARACTER {
            @Override
            boolean takes(JsonParser parser) throws IOException {
                return parser.currentToken() == JsonToken.VALUE_STRING
                        && parser.getText().length() == 1;
            }
        },
        NO_TEXT {
            @Override
            boolean takes(JsonParser parser) {
                return parser.currentToken() != JsonToken.VALUE_STRING;
            }
        },
        FINITE {
            @Override
            boolean takes(JsonParser parser) {
                return true;
            }
        };

        abstract boolean takes(JsonParser parser) throws IOException;
    }

    private final Rule rule;

    private StrictScalars(Rule rule, JsonDeserializer<?> usual) {
        super(usual);
        this.rule = rule;
    }

    /** A Jackson module with these deserialisers. */
    static SimpleModule module() {
        var module = new SimpleModule("errand's strict binding");
        add(module, Instant.class, Rule.NO_NUMBER, InstantDeserializer.INSTANT);
        add(module, OffsetDateTime.class, Rule.NO_NUMBER, InstantDeserializer.OFFSET_DATE_TIME);
        add(module, ZonedDateTime.class, Rule.NO_NUMBER, InstantDeserializer.ZONED_DATE_TIME);
        add(module, LocalDate.class, Rule.NO_NUMBER, LocalDateDeserializer.INSTANCE);
        add(module, Duration.class, Rule.NO_NUMBER, DurationDeserializer.INSTANCE);
        add(module, Date.class, Rule.NO_NUMBER, DateDeserializer.instance);
        for (Class<?> type : Arrays.<Class<?>>asList(char.class, Character.class)) {
            add(module, type, Rule.ONE_CHARACTER, NumberDeserializers.find(type, type.getName()));
        }
        for (Class<?> type : Arrays.<Class<?>>asList(double.class, Double.class, float.class, Float.class)) {
            add(module, type, Rule.NO_TEXT, NumberDeserializers.find(type, type.getName()));
        }
        add(module, double[].class, Rule.FINITE, PrimitiveArrayDeserializers.forType(double.class));
        add(module, float[].class, Rule.FINITE, PrimitiveArrayDeserializers.forType(float.class));
        return module;
    }

    @SuppressWarnings("unchecked") // it returns what the usual deserialiser returns
    private static <T> void add(SimpleModule module, Class<T> type, Rule rule, JsonDeserializer<?> usual) {
        module.addDeserializer(type, (JsonDeserializer<T>) (JsonDeserializer<?>) new StrictScalars(rule, usual));
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> other) {
        return new StrictScalars(rule, other);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!rule.takes(parser)) {
            return context.handleUnexpectedToken(handledType(), parser);
        }
        var value = super.deserialize(parser, context);
        return rule == Rule.FINITE && !isFinite(value)
                ? context.reportInputMismatch(handledType(), "it has elements that are not numbers")
                : value;
    }

    private static boolean isFinite(Object array) {
        if (array instanceof double[] doubles) {
            return Arrays.stream(doubles).allMatch(Double::isFinite);
        }
        for (float each : (float[]) array) {
            if (!Float.isFinite(each)) {
                return false;
            }
        }
        return true;
    }
}
