package dev.errand.engine.parking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Comparator;

/**
 * Compares two JSON texts by their contents. White space, the order of an object's fields, escapes and the notation of numbers (1,
 * 1.0, 1e0) make no difference; numbers are compared exactly. Stateless and thread-safe.
 */
final class JsonEquality {

    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build()
            .reader();

    /** Jackson asks this comparator about each pair of values that are no containers. */
    private static final Comparator<JsonNode> SPELLING = (one, other) -> isSame(one, other) ? 0 : 1;

    private JsonEquality() {}

    /** Returns whether the texts are equal as JSON. Texts that differ are not equal if one of them is not valid JSON. */
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
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        return one.equals(other);
    }
}
