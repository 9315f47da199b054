package dev.errand.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;

/**
 * Whether two JSON texts say the same. White space, the order of an object's fields, escapes and the spelling of numbers
 * (1, 1.0, 1e0) make no difference. Numbers are compared as exactly as MySQL's type JSON keeps them: integers of 64 bits as
 * integers, all others as doubles, of which MySQL's parser gets the last bits wrong. Stateless and thread-safe.
 */
final class SameJson {

    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build()
            .reader();

    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MOST = new BigDecimal(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));

    /** It rounds after each digit: up to some hundred times half a unit in the last place. */
    private static final double MYSQLS_ERROR = 1e-13;

    /** Equal apart from numbers that are spelled differently. */
    private static final Comparator<JsonNode> SPELLING = (one, other) -> isSame(one, other) ? 0 : 1;

    private SameJson() {}

    /** @return false too where they differ and one of them is no JSON */
    static boolean isSame(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        try {
            return READER.readTree(one).equals(SPELLING, READER.readTree(other));
        } catch (JsonProcessingException | NumberFormatException e) {
            return false;
        }
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        if (!one.isNumber() || !other.isNumber()) {
            return one.equals(other);
        }
        var exact = one.decimalValue();
        var otherExact = other.decimalValue();
        if (exact.compareTo(otherExact) == 0) {
            return true;
        }
        return !(isInteger(one) && isInteger(other)) && isClose(exact.doubleValue(), otherExact.doubleValue());
    }

    private static boolean isClose(double one, double other) {
        return Double.isFinite(one)
                && Math.abs(one - other) <= Math.max(Double.MIN_VALUE, Math.abs(one) * MYSQLS_ERROR);
    }

    private static boolean isInteger(JsonNode number) {
        return number.isIntegralNumber() && fits(number.decimalValue());
    }

    private static boolean fits(BigDecimal integer) {
        return integer.compareTo(LEAST) >= 0 && integer.compareTo(MOST) <= 0;
    }
}
