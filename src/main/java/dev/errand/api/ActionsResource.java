package dev.errand.api;

import static dev.errand.api.Problems.problem;

import dev.errand.action.ActionKey;
import dev.errand.history.History;
import dev.errand.history.HistoryView.Activity;
import dev.errand.history.HistoryView.Entry;
import dev.errand.history.HistoryView.Life;
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
import java.sql.SQLException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Users, their actions, and what became of these. */
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

    /**
     * A page of a user's actions.
     *
     * @param next what to give as {@code before} to get the next page; null on the last one
     */
    public record ActionPage(List<Entry> items, @Nullable Long next) {}

    @GET
    @Path("/users/{id}")
    @Operation(summary = "Shows a user's activity")
    public Activity user(@PathParam("id") String id) throws SQLException {
        return history.activity(id)
                .orElseThrow(() -> problem(404, "There is no user " + id, "no action of theirs was taken so far"));
    }

    @GET
    @Path("/users/{id}/actions")
    @Operation(summary = "Lists a user's actions, the latest first")
    public ActionPage actions(
            @PathParam("id") String id,
            @QueryParam("before") @Nullable Long before,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        var items = history.ofUser(id, before, limit);
        return new ActionPage(
                items, items.size() < limit ? null : items.get(items.size() - 1).seq());
    }

    @GET
    @Path("/actions")
    @Operation(summary = "Shows one action by its source and id, and its life so far")
    public Life action(
            @QueryParam("source") @DefaultValue("") String source, @QueryParam("id") @DefaultValue("") String id)
            throws SQLException {
        var key = new ActionKey(source, id);
        return history.find(key)
                .orElseThrow(() -> problem(
                        404,
                        "The ledger has no action " + key,
                        "it was not taken yet, or its record can't be read: look at /api/failed-actions"));
    }
}
