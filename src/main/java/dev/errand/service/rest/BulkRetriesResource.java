package dev.errand.service.rest;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.operations.BulkRetries;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.engine.parking.view.ParkedActionView.BulkProgress;
import dev.errand.engine.parking.view.ParkedActionView.BulkRetry;
import dev.errand.service.web.InvalidParameterException;
import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.InvalidParameterException.Wrong;
import dev.errand.service.web.Problem;
import dev.errand.service.web.StrictBody;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Bulk retries of dead actions: start one, watch its progress, stop it. */
@Path("/api/failed-actions/retries")
@Blocking
@RolesAllowed({"viewer", "operator"})
@CustomDeserialization(StrictBody.class)
@Tag(name = "Failed actions")
public class BulkRetriesResource {

    private final BulkRetries bulkRetries;
    private final SecurityIdentity identity;

    @Inject
    BulkRetriesResource(BulkRetries bulkRetries, SecurityIdentity identity) {
        this.bulkRetries = bulkRetries;
        this.identity = identity;
    }

    /**
     * Which dead actions to retry, and how fast.
     *
     * @param type null for all types; the other filters work in the same way
     * @param perSecond how many actions become due per second; null for 10
     */
    public record BulkRequest(
            @Nullable String type,
            @Nullable String userId,
            @Nullable String errorClass,
            @Nullable Instant from,
            @Nullable Instant to,

            @Min(1) @Max(10_000) @Schema(defaultValue = "10") @Nullable
            Integer perSecond) {

        /** @throws InvalidParameterException if a text is longer than its column, so that it could match nothing */
        ParkedActionFilter filter() {
            require("type", type, 100);
            require("userId", userId, 64);
            require("errorClass", errorClass, 255);
            return new ParkedActionFilter(ParkedState.DEAD, type, userId, errorClass, from, to);
        }
    }

    /** Counts characters (code points), as the limits of actions do. */
    private static void require(String name, @Nullable String text, int longest) {
        if (text != null && text.codePointCount(0, text.length()) > longest) {
            throw new InvalidParameterException(new Wrong(In.BODY, name, text, "at most " + longest + " characters"));
        }
    }

    /** @param id the id by which to ask for its progress */
    @RegisterForReflection // the build of a native image does not see the type inside a Response
    public record Bulk(UUID id) {}

    @POST
    @RolesAllowed("operator")
    @Operation(
            summary = "Starts a retry of all dead actions that match a filter, at a limited rate",
            description =
                    "Answers at once. The retry continues in the background, also across restarts, until every action that"
                            + " was dead at its start has been examined. The Location header is the address of its progress.")
    @APIResponse(
            responseCode = "202",
            description = "The retry has started",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Bulk.class)))
    public Response begin(@NotNull @Valid BulkRequest request) throws SQLException {
        int perSecond = request.perSecond() == null ? 10 : request.perSecond();
        var id = bulkRetries.begin(request.filter(), perSecond, actor());
        return Response.accepted(new Bulk(id))
                .header("Location", "/api/failed-actions/retries/" + id)
                .build();
    }

    @GET
    @Operation(summary = "Lists bulk retries, the latest first")
    public List<BulkRetry> list(@QueryParam("limit") @DefaultValue("50") @Min(1) @Max(100) int limit)
            throws SQLException {
        return bulkRetries.latest(limit);
    }

    @GET
    @Path("/{id}")
    @Operation(
            summary = "Shows a bulk retry: its progress, and the states of its actions",
            description = "Each state is counted up to 10,000.")
    public BulkProgress get(@PathParam("id") UUID id) throws SQLException {
        return bulkRetries.progress(id).orElseThrow(() -> unknown(id));
    }

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/stop")
    @Operation(
            summary = "Stops a bulk retry",
            description =
                    "Actions that are not scheduled yet stay dead; scheduled ones are due within ten seconds. Stopping a"
                            + " retry that has ended changes nothing.")
    public BulkRetry stop(@PathParam("id") UUID id) throws SQLException {
        return bulkRetries.stop(id, actor()).orElseThrow(() -> unknown(id));
    }

    private static Problem unknown(UUID id) {
        return new Problem(404, "There is no bulk retry " + id, "list them at /api/failed-actions/retries");
    }

    private String actor() {
        return identity.getPrincipal().getName();
    }
}
