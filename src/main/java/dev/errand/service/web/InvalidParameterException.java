package dev.errand.service.web;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request parameter has the wrong type or format; answered with 400. JAX-RS itself answers 404 for such a parameter
 * in an address and does not name it. This is a {@link WebApplicationException} because JAX-RS replaces all other
 * exceptions of a parameter's conversion.
 */
public final class InvalidParameterException extends WebApplicationException {

    private static final long serialVersionUID = 1;

    private static final int LONGEST_VALUE = 100;

    /** The part of a request that a parameter is in. */
    public enum In {
        PATH,
        QUERY,
        FORM,
        BODY
    }

    /**
     * One wrong parameter.
     *
     * @param name its name in the request; for a field of the body, the path to the field
     * @param value the value that was given, cut to 100 characters; null if it is missing
     * @param wanted what would be valid, for a person
     */
    public record Wrong(In in, String name, @Nullable String value, String wanted) {

        public Wrong {
            value = value == null ? null : shortened(value);
        }

        /** Such as {@code limit is abc, expected: a whole number}. */
        String inWords() {
            return name + (value == null ? " is missing" : " is " + value) + ", expected: " + wanted;
        }

        private static String shortened(String value) {
            return value.codePointCount(0, value.length()) <= LONGEST_VALUE
                    ? value
                    : value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE)) + "…";
        }
    }

    private final transient List<Wrong> all;

    public InvalidParameterException(Wrong wrong) {
        this(List.of(wrong));
    }

    /** @param all at least one */
    public InvalidParameterException(List<Wrong> all) {
        super(all.get(0).inWords(), Response.Status.BAD_REQUEST);
        this.all = List.copyOf(all);
    }

    /** All wrong parameters, at least one. */
    public List<Wrong> all() {
        return all;
    }
}
