package dev.errand.api;

import dev.errand.failure.FailedState;
import dev.errand.failure.Filter;
import dev.errand.web.Parameters;
import dev.errand.web.WrongParameter;
import dev.errand.web.WrongParameter.In;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Which failed actions are asked for, as parameters of a request; what is left out does not matter, and what
 * is there is meant as it stands, blanks too. */
public record FilterParameters(
        @QueryParam("state") @Schema(implementation = FailedState.class) @Nullable
        String state,

        @QueryParam("type") @Nullable String type,
        @QueryParam("userId") @Nullable String userId,
        @QueryParam("errorClass") @Nullable String errorClass,

        @QueryParam("from") @Schema(format = "date-time") @Nullable
        String from,

        @QueryParam("to") @Schema(format = "date-time") @Nullable
        String to) {

    /** @throws WrongParameter if a value can't be understood */
    Filter filter() {
        return new Filter(
                state == null ? null : Parameters.oneOf(In.QUERY, "state", state, FailedState.class),
                type,
                userId,
                errorClass,
                time("from", from),
                time("to", to));
    }

    private static @Nullable Instant time(String name, @Nullable String text) {
        return text == null ? null : Parameters.read(In.QUERY, name, text, Instant::parse, Parameters.TIME);
    }
}
