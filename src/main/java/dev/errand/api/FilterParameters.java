package dev.errand.api;

import dev.errand.failure.FailedState;
import dev.errand.failure.Filter;
import dev.errand.web.Parameters;
import dev.errand.web.WrongParameter;
import dev.errand.web.WrongParameter.In;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
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
                understood("state", state, FailedState::valueOf, "one of " + Arrays.toString(FailedState.values())),
                type,
                userId,
                errorClass,
                understood("from", from, Instant::parse, Parameters.TIME),
                understood("to", to, Instant::parse, Parameters.TIME));
    }

    private static <T> @Nullable T understood(
            String name, @Nullable String text, Function<String, T> read, String expected) {
        return text == null ? null : Parameters.read(In.QUERY, name, text, read, expected);
    }
}
