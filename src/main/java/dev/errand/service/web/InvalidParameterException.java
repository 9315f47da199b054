package dev.errand.service.web;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request has a parameter of the wrong type or format: 400. JAX-RS itself answers 404 for such a one in an address, and does not say
 * which it is; only what is a {@link WebApplicationException} does it pass on.
 */
public final class InvalidParameterException extends WebApplicationException {

    private static final long serialVersionUID = 1;

    private static final int LONGEST_VALUE = 100;

    /** Where parameters are. */
    public enum In {
        PATH,
        QUERY,
        FORM,
        BODY
    }

    /**
     * One of them.
     *
     * @param name as the request calls it; of a body's field with the fields around it
     * @param value as it was given, shortened; null where it is missing
     * @param wanted what would be right, for a person
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

    /** At least one. */
    public List<Wrong> all() {
        return all;
    }
}
