package dev.errand.engine.handlers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.errand.handler.NonRetryableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Binds payloads to the payload types of handlers, without any coercion: no number becomes a string, no string a number, no fraction
 * a whole number, no null a 0, no empty string a null, no number an enum constant, a boolean or a time, and no number that is out of
 * range another one. See ADR 16. Immutable and thread-safe.
 */
final class PayloadBinder {

    private final ObjectMapper json;

    /** @param application the application's mapper with its modules; it is copied and not changed */
    PayloadBinder(ObjectMapper application) {
        this.json = application
                .copy()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT)
                .disable(DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT)
                .disable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                .disable(DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS)
                .disable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
        json.registerModule(StrictScalars.module());
        refuse(LogicalType.Integer, CoercionInputShape.Float, CoercionInputShape.String, CoercionInputShape.Boolean);
        refuse(LogicalType.Float, CoercionInputShape.String, CoercionInputShape.Boolean);
        refuse(LogicalType.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.String);
        refuse(LogicalType.Textual, CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);
        refuse(
                LogicalType.OtherScalar,
                CoercionInputShape.Integer,
                CoercionInputShape.Float,
                CoercionInputShape.Boolean);
        refuse(LogicalType.Enum, CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);
        json.coercionConfigDefaults()
                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.EmptyArray, CoercionAction.Fail);
        for (var type : List.of(
                LogicalType.Integer,
                LogicalType.Float,
                LogicalType.Boolean,
                LogicalType.Textual,
                LogicalType.OtherScalar,
                LogicalType.Enum)) {
            refuse(type, CoercionInputShape.EmptyString, CoercionInputShape.EmptyArray);
        }
    }

    private void refuse(LogicalType type, CoercionInputShape... shapes) {
        for (var shape : shapes) {
            json.coercionConfigFor(type).setCoercion(shape, CoercionAction.Fail);
        }
    }

    /**
     * Binds a payload.
     *
     * @param text valid JSON
     * @return null for JSON's null
     * @throws NonRetryableException if the payload does not match the type; says where, what is there and what is expected
     */
    <T> @Nullable T read(String text, HandlerDefinition<T> binding) {
        var wanted = json.readerFor(binding.payload());
        var reader = binding.refusesUnknown()
                ? wanted.with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                : wanted.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        try (var parser = new StrictNumbers(json.createParser(text))) {
            return reader.readValue(parser);
        } catch (JsonProcessingException e) {
            throw new NonRetryableException(PayloadMismatch.described(e, text, binding.payload()));
        } catch (IOException e) {
            throw new UncheckedIOException("A text in memory could not be read", e);
        }
    }
}
