package dev.errand.engine.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what JSON's grammar allows and neither Java's types nor MySQL's JSON functions can hold: texts that are no Unicode,
 * as they have half a surrogate pair, and numbers that a double does not reach. Stateless and thread-safe.
 */
final class ExactJson {

    /** Digits that a number may have without a look at it: fewer than the largest double. */
    private static final int FEW_DIGITS = 300;

    private static final int LONGEST_QUOTE = 40;

    private static final JsonFactory JSON = new JsonFactory();

    private ExactJson() {}

    /**
     * Goes to the end of the parser's current value.
     *
     * @return whether a number in it may be one that a double does not reach, which nearly none is
     */
    static boolean skip(JsonParser parser) throws IOException {
        var suspicious = false;
        int open = 0;
        for (var token = parser.currentToken(); token != null; token = parser.nextToken()) {
            if (token.isStructStart()) {
                open++;
            } else if (token.isStructEnd()) {
                open--;
            } else if (token.isNumeric()) {
                suspicious |= isSuspicious(parser, token);
            }
            if (open == 0) {
                return suspicious;
            }
        }
        return suspicious;
    }

    private static boolean isSuspicious(JsonParser parser, JsonToken number) throws IOException {
        if (parser.getTextLength() > FEW_DIGITS) {
            return true;
        }
        if (number == JsonToken.VALUE_NUMBER_FLOAT) {
            var characters = parser.getTextCharacters();
            int end = parser.getTextOffset() + parser.getTextLength();
            for (int i = parser.getTextOffset(); i < end; i++) {
                if (characters[i] == 'e' || characters[i] == 'E') {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * @param json valid JSON
     * @param suspicious what {@link #skip} said of it
     * @param name what it is called in its record
     * @throws InvalidRecordException if it can't be kept; names the place
     */
    static void check(String json, boolean suspicious, String name) throws IOException, InvalidRecordException {
        if (!suspicious && !hasEscapedSurrogate(json)) {
            return;
        }
        try (var parser = JSON.createParser(json)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                checkToken(parser, token, name);
            }
        }
    }

    private static void checkToken(JsonParser parser, JsonToken token, String name)
            throws IOException, InvalidRecordException {
        switch (token) {
            case FIELD_NAME -> {
                if (hasHalfAPair(parser.currentName())) {
                    throw new InvalidRecordException("a name in "
                            + place(name, parser.getParsingContext().getParent())
                            + " has half a surrogate pair, which is no character");
                }
            }
            case VALUE_STRING -> {
                if (hasHalfAPair(parser.getText())) {
                    throw new InvalidRecordException(place(name, parser.getParsingContext())
                            + " has half a surrogate pair, which is no character");
                }
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                if (!isHeldByDouble(parser.getText())) {
                    throw new InvalidRecordException(
                            place(name, parser.getParsingContext()) + " is " + shortened(parser.getText())
                                    + ": numbers can be kept that are 0 or of a size from 4.9e-324 to 1.797e308");
                }
            }
            default -> {}
        }
    }

    /** Whether there is a <code>&#92;ud…</code>, or what looks like one. */
    private static boolean hasEscapedSurrogate(String json) {
        for (int at = json.indexOf("\\u"); at >= 0; at = json.indexOf("\\u", at + 1)) {
            if (json.startsWith("d", at + 2) || json.startsWith("D", at + 2)) {
                return true;
            }
        }
        return false;
    }

    static boolean hasHalfAPair(@Nullable String text) {
        for (int i = 0; text != null && i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static boolean isHeldByDouble(String number) {
        double nearest = Double.parseDouble(number);
        return !Double.isInfinite(nearest) && (nearest != 0 || isZero(number));
    }

    private static boolean isZero(String number) {
        for (int i = 0; i < number.length() && "eE".indexOf(number.charAt(i)) < 0; i++) {
            if (number.charAt(i) >= '1' && number.charAt(i) <= '9') {
                return false;
            }
        }
        try {
            return new BigDecimal(number).signum() == 0;
        } catch (NumberFormatException exponentBeyondAllIntegers) {
            return false;
        }
    }

    private static String place(String name, @Nullable JsonStreamContext context) {
        if (context == null || context.inRoot()) {
            return name;
        }
        var parent = place(name, context.getParent());
        return context.inArray()
                ? parent + "[" + context.getCurrentIndex() + "]"
                : context.hasCurrentName() ? parent + "." + context.getCurrentName() : parent;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }
}
