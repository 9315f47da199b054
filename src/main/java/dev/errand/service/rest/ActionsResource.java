package dev.errand.service.rest;

import dev.errand.action.ActionKey;
import dev.errand.service.history.History;
import dev.errand.service.history.HistoryView.Activity;
import dev.errand.service.history.HistoryView.Entries;
import dev.errand.service.history.HistoryView.Life;
import dev.errand.service.web.Problem;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Users, their actions, and the history of each action. */
@Path("/api")
@Blocking
@RolesAllowed({"viewer", "operator"})
@Tag(name = "Actions")
public class ActionsResource {

    private final History history;

    @Inject
    ActionsResource(History history) {
        this.history = history;
    }

    @GET
    @Path("/users/{id}")
    @Operation(summary = "Shows a user's activity")
    public Activity user(@PathParam("id") String id) throws SQLException {
        return history.activity(id)
                .orElseThrow(() ->
                        new Problem(404, "There is no user " + id, "no action of this user has been recorded yet"));
    }

    @GET
    @Path("/users/{id}/actions")
    @Operation(
            summary = "Lists a user's actions, the latest first",
            description = "Each payload is cut to 4 KiB. " + Downloads.TRUNCATED)
    public Entries actions(
            @PathParam("id") String id,
            @QueryParam("before") @Nullable Long before,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        return history.ofUser(id, before, limit);
    }

    @GET
    @Path("/actions")
    @Operation(
            summary = "Shows one action by its source and id, with its history",
            description = "The payload is cut to 64 KiB. " + Downloads.TRUNCATED)
    public Life action(
            @QueryParam("source") @DefaultValue("") String source, @QueryParam("id") @DefaultValue("") String id)
            throws SQLException {
        var key = new ActionKey(source, id);
        return history.find(key)
                .orElseThrow(() -> new Problem(
                        404,
                        "The ledger has no action " + key,
                        "its record has not been processed yet, or can't be read: look at /api/failed-actions"));
    }

    @GET
    @Path("/actions/payload")
    @Operation(summary = "Downloads the whole payload of an action")
    @APIResponse(
            responseCode = "200",
            content = @Content(mediaType = "application/json", schema = @Schema(type = SchemaType.OBJECT)))
    public Response payload(
            @QueryParam("source") @DefaultValue("") String source, @QueryParam("id") @DefaultValue("") String id)
            throws SQLException {
        return Downloads.of(history.payload(new ActionKey(source, id)), "application/json", "payload.json");
    }
}
