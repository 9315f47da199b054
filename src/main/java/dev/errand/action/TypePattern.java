package dev.errand.action;

import java.util.regex.Pattern;

/**
 * A pattern that matches one action type, or all types with a common prefix. Handlers are chosen by such patterns, and so are the
 * types whose payloads are masked.
 *
 * @param text a type, or a prefix with a {@code *} at its end
 */
public record TypePattern(String text) {

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,100}|[A-Za-z0-9._-]{0,99}\\*");

    /** @throws IllegalArgumentException if the text can match no type */
    public TypePattern {
        if (!LEGAL.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a valid action type: use 1 to 100 characters of [A-Za-z0-9._-];"
                            + " a * at the end stands for all types that begin with the text before it");
        }
    }

    /** Returns whether the pattern matches the type. */
    public boolean matches(String type) {
        return isBeginning() ? type.startsWith(beginning()) : type.equals(text);
    }

    /** @throws IllegalArgumentException if the pattern is a prefix */
    public void requireOneType() {
        if (isBeginning()) {
            throw new IllegalArgumentException("\"" + text + "\" is a pattern for several types: name one type");
        }
    }

    /** Returns whether there is a type that both patterns match. */
    public boolean overlaps(TypePattern other) {
        if (isBeginning() && other.isBeginning()) {
            return beginning().startsWith(other.beginning())
                    || other.beginning().startsWith(beginning());
        }
        return isBeginning() ? matches(other.text) : other.matches(text);
    }

    private boolean isBeginning() {
        return text.endsWith("*");
    }

    private String beginning() {
        return text.substring(0, text.length() - 1);
    }
}
