package dev.errand.action;

import java.util.regex.Pattern;

/**
 * Some action types: those a handler runs for, those whose payloads are masked.
 *
 * @param text a type, or with a {@code *} at the end the beginning of types
 */
public record TypePattern(String text) {

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,100}|[A-Za-z0-9._-]{0,99}\\*");

    /** @throws IllegalArgumentException if no type can be meant */
    public TypePattern {
        if (!LEGAL.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" can be no action's type: use 1 to 100 of [A-Za-z0-9._-],"
                            + " with a * at the end for all that begin so");
        }
    }

    /** Whether the type is one of them. */
    public boolean matches(String type) {
        return isBeginning() ? type.startsWith(beginning()) : type.equals(text);
    }

    /** @throws IllegalArgumentException if it is the beginning of types */
    public void requireOneType() {
        if (isBeginning()) {
            throw new IllegalArgumentException("\"" + text + "\" is the beginning of types, not a type");
        }
    }

    /** Whether there are types that both match. */
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
