package dev.errand.service.console;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.service.web.InvalidParameterException;
import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.StrictParameters;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.QueryParam;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The values of the filter's form. An empty one matches everything; any other matches exactly, blanks included.
 *
 * @param exactType a percent-encoded type, for one that no form field can hold, see {@link IdText#fitsField}; empty for
 *     none. The other exact parameters are alike
 */
public record FilterForm(
        @QueryParam("state") @DefaultValue("") String state,
        @QueryParam("type") @DefaultValue("") String type,
        @QueryParam("userId") @DefaultValue("") String userId,
        @QueryParam("errorClass") @DefaultValue("") String errorClass,
        @QueryParam("exactType") @DefaultValue("") String exactType,
        @QueryParam("exactUserId") @DefaultValue("") String exactUserId,
        @QueryParam("exactErrorClass") @DefaultValue("") String exactErrorClass) {

    /** A value that is typed takes precedence over the exact one of the filter before. */
    public FilterForm {
        type = meant("exactType", type, exactType);
        userId = meant("exactUserId", userId, exactUserId);
        errorClass = meant("exactErrorClass", errorClass, exactErrorClass);
    }

    /** The filter of the form that retries dead actions; its values are percent-encoded. */
    static FilterForm dead(String type, String userId, String errorClass) {
        return new FilterForm(ParkedState.DEAD.name(), "", "", "", type, userId, errorClass);
    }

    private static String meant(String name, String typed, String exact) {
        return typed.isEmpty()
                ? StrictParameters.read(
                        In.QUERY,
                        name,
                        exact,
                        text -> URLDecoder.decode(text, StandardCharsets.UTF_8),
                        "percent-encoded UTF-8")
                : typed;
    }

    /** The filter as the query of an address. */
    public String query() {
        return "state=" + Texts.inUrl(state) + "&type=" + Texts.inUrl(type) + "&userId=" + Texts.inUrl(userId)
                + "&errorClass=" + Texts.inUrl(errorClass);
    }

    /** Whether the filter matches everything. */
    public boolean isAnything() {
        return state.isEmpty() && type.isEmpty() && userId.isEmpty() && errorClass.isEmpty();
    }

    /** @throws InvalidParameterException if there is no such state */
    ParkedActionFilter filter() {
        return new ParkedActionFilter(
                state.isEmpty() ? null : StrictParameters.oneOf(In.QUERY, "state", state, ParkedState.class),
                asked(type),
                asked(userId),
                asked(errorClass),
                null,
                null);
    }

    private static @Nullable String asked(String text) {
        return text.isEmpty() ? null : text;
    }
}
