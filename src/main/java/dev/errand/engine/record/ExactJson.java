package dev.errand.engine.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what JSON's grammar allows and neither Java's types nor MySQL's JSON functions can represent: strings with half a
 * surrogate pair, which are not valid Unicode, and numbers outside the range of a double. Stateless and thread-safe.
 */
final class ExactJson {

    /** A number without an exponent and with at most so many characters is within a double's range, and needs no check. */
    private static final int FEW_DIGITS = 300;

    private static final int LONGEST_QUOTE = 40;

    private static final JsonFactory JSON = new JsonFactory();

    private ExactJson() {}

    /**
     * Moves the parser to the end of its current value.
     *
     * @return whether the value has a number that may be outside the range of a double, which is rare
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
     * Checks all strings, names and numbers of a value.
     *
     * @param json valid JSON
     * @param suspicious what {@link #skip} returned for it
     * @param name the name of the value's field in its record
     * @throws InvalidRecordException if something can't be represented exactly; the message says where it is
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
                                    + ": a number must be 0, or have a size between 4.9e-324 and 1.797e308");
                }
            }
            default -> {}
        }
    }

    /**
     * Returns JSON in which halves of surrogate pairs are escaped. UTF-8 has no bytes for them, and an encoder would silently write
     * question marks; as escapes they reach {@link #check}, which refuses them and says where they are.
     */
    static String withEscapedHalves(String json) {
        if (!hasHalfAPair(json)) {
            return json;
        }
        var escaped = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                escaped.append("\\u").append(Integer.toHexString(point));
            } else {
                escaped.appendCodePoint(point);
            }
        });
        return escaped.toString();
    }

    /** Whether the text has <code>&#92;ud</code>, with which each escaped surrogate starts. */
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
