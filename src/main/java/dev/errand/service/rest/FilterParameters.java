package dev.errand.service.rest;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.service.web.InvalidParameterException;
import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.StrictParameters;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A filter of failed actions, as query parameters. A parameter that is missing matches everything; one that is given
 * matches exactly, blanks included.
 */
public record FilterParameters(
        @QueryParam("state") @Schema(implementation = ParkedState.class) @Nullable
        String state,

        @QueryParam("type") @Nullable String type,
        @QueryParam("userId") @Nullable String userId,
        @QueryParam("errorClass") @Nullable String errorClass,

        @QueryParam("from") @Schema(format = "date-time") @Nullable
        String from,

        @QueryParam("to") @Schema(format = "date-time") @Nullable
        String to) {

    /** @throws InvalidParameterException if a value is invalid */
    ParkedActionFilter filter() {
        return new ParkedActionFilter(
                state == null ? null : StrictParameters.oneOf(In.QUERY, "state", state, ParkedState.class),
                type,
                userId,
                errorClass,
                time("from", from),
                time("to", to));
    }

    private static @Nullable Instant time(String name, @Nullable String text) {
        return text == null ? null : StrictParameters.read(In.QUERY, name, text, Instant::parse, StrictParameters.TIME);
    }
}
