package dev.errand.engine.handlers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/** A parser that refuses numbers which a byte, a float or a double can't hold. Not thread-safe. */
final class StrictNumbers extends JsonParserDelegate {

    StrictNumbers(JsonParser parser) {
        super(parser);
    }

    /** Jackson itself would read 255 as -1. */
    @Override
    public byte getByteValue() throws IOException {
        int value = getIntValue();
        if (value < Byte.MIN_VALUE || value > Byte.MAX_VALUE) {
            throw refusal(byte.class);
        }
        return (byte) value;
    }

    @Override
    public double getDoubleValue() throws IOException {
        double value = super.getDoubleValue();
        if (Double.isInfinite(value) || changesWholeNumber(value)) {
            throw refusal(double.class);
        }
        return value;
    }

    @Override
    public float getFloatValue() throws IOException {
        float value = super.getFloatValue();
        if (Float.isInfinite(value) || changesWholeNumber(value)) {
            throw refusal(float.class);
        }
        return value;
    }

    /** Whether a whole number would become another one. Fractions may be rounded, as everywhere. */
    private boolean changesWholeNumber(double value) throws IOException {
        return currentToken() == JsonToken.VALUE_NUMBER_INT
                && new BigDecimal(value).compareTo(new BigDecimal(getBigIntegerValue())) != 0;
    }

    private InputCoercionException refusal(Class<?> wanted) throws IOException {
        return new InputCoercionException(this, "Numeric value out of range", currentToken(), wanted);
    }
}
