package dev.errand.api;

import dev.errand.failure.FailedState;
import dev.errand.failure.Filter;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.QueryParam;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Which failed actions are asked for, as parameters of a request; what is left out does not matter. */
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

    /** @throws HttpProblem if a value can't be understood */
    Filter filter() {
        return new Filter(
                understood("state", state, FailedState::valueOf, Arrays.toString(FailedState.values())),
                type,
                userId,
                errorClass,
                understood("from", from, Instant::parse, "a time such as 2026-11-22T05:00:00Z"),
                understood("to", to, Instant::parse, "a time such as 2026-11-22T05:00:00Z"));
    }

    private static <T> @Nullable T understood(
            String name, @Nullable String text, Function<String, T> read, String expected) {
        try {
            return text == null ? null : read.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw HttpProblem.builder()
                    .withStatus(400)
                    .withTitle("A parameter can't be understood")
                    .withDetail(name + " is " + text + ", expected: " + expected)
                    .build();
        }
    }
}
