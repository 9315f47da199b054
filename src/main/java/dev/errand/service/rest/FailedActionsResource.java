package dev.errand.service.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.operations.ActionEditor;
import dev.errand.engine.parking.operations.CommandResult;
import dev.errand.engine.parking.operations.ParkedActionCommands;
import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.parking.view.ParkedActionView.AuditEntry;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.parking.view.ParkedActionView.Found;
import dev.errand.engine.parking.view.ParkedActionView.Group;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.service.web.Problem;
import dev.errand.service.web.StrictBody;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.sql.SQLException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Failed actions: list, inspect, retry, edit and discard them. */
@Path("/api/failed-actions")
@Blocking
@RolesAllowed({"viewer", "operator"})
@CustomDeserialization(StrictBody.class)
@Tag(name = "Failed actions")
public class FailedActionsResource {

    private final ParkedActionList failed;
    private final ParkedActionCommands commands;
    private final ActionEditor editing;
    private final SecurityIdentity identity;

    @Inject
    FailedActionsResource(
            ParkedActionList failed, ParkedActionCommands commands, ActionEditor editing, SecurityIdentity identity) {
        this.failed = failed;
        this.commands = commands;
        this.editing = editing;
        this.identity = identity;
    }

    @GET
    @Operation(
            summary = "Lists failed actions, the latest first",
            description = "Error messages are cut to 4 KiB. " + Downloads.TRUNCATED
                    + " A page may have fewer entries than the limit; only the last page has next null. For a user with very"
                    + " many failed actions a request may end its search early: searchedTo is the time back to which it"
                    + " searched, and next continues from there.")
    public Found list(
            @BeanParam @Valid FilterParameters filter,
            @QueryParam("before") @Nullable Long before,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        return failed.list(filter.filter(), before, limit);
    }

    @GET
    @Path("/groups")
    @Operation(
            summary =
                    "Counts the latest 10,000 failed actions by state, error class and type, the largest groups first")
    public List<Group> groups(@BeanParam @Valid FilterParameters filter) throws SQLException {
        return failed.groups(filter.filter());
    }

    @GET
    @Path("/{id}")
    @Operation(
            summary = "Shows one failed action with its payload, stack trace and latest attempts",
            description = "Each value is cut to 64 KiB or less. " + Downloads.TRUNCATED
                    + " The JSON fields recordHeaders and history are null if they are too large.")
    public Detail get(@PathParam("id") long id) throws SQLException {
        return failed.find(id).orElseThrow(() -> unknown(id));
    }

    @GET
    @Path("/{id}/queue")
    @Operation(summary = "Lists the user's unfinished parked actions, in the order in which they will be processed")
    public Found queue(
            @PathParam("id") long id,
            @QueryParam("after") @Nullable Long after,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        var user = item(id).userId();
        return user == null ? new Found(List.of(), null, null) : failed.queue(user, after, limit);
    }

    @GET
    @Path("/{id}/audit")
    @Operation(
            summary = "Lists the manual operations on one failed action",
            description =
                    "Entries are in order of time; after is the id of the previous page's last entry. A detail larger than"
                            + " 4 KiB is null. " + Downloads.TRUNCATED)
    public List<AuditEntry> audit(
            @PathParam("id") long id,
            @QueryParam("after") @Nullable Long after,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(100) int limit)
            throws SQLException {
        item(id);
        return failed.audit(id, after, limit);
    }

    private Item item(long id) throws SQLException {
        return failed.item(id).orElseThrow(() -> unknown(id));
    }

    /** The state of the action after the operation. */
    public record Result(long id, ParkedState state) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/retry")
    @Operation(
            summary = "Retries an action now",
            description =
                    "An action behind another failed action of its user waits for its turn. Repeating the request has no"
                            + " further effect.")
    public Result retry(@PathParam("id") long id) throws SQLException {
        return result(id, commands.retry(id, null, actor()));
    }

    /**
     * What to retry with; exactly one of the two has to be given.
     *
     * @param payload replaces the payload of an action that can be read
     * @param action the whole action, as it should have been published; replaces a record that can't be read
     */
    public record EditRequest(
            @Nullable JsonNode payload, @Nullable JsonNode action) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/edit")
    @Operation(
            summary = "Edits an action and retries it now",
            description =
                    "A payload replaces that of an action that can be read. An action replaces a record that can't be read."
                            + " What was published is kept.")
    public Result correct(@PathParam("id") long id, @NotNull @Valid EditRequest request) throws SQLException {
        if ((request.payload() == null) == (request.action() == null)) {
            throw new Problem(
                    422,
                    "Give a payload or an action",
                    "a payload is for an action that can be read, an action for a record that can't");
        }
        return result(
                id,
                request.payload() != null
                        ? editing.withPayload(id, request.payload().toString(), actor())
                        : editing.withAction(id, String.valueOf(request.action()), actor()));
    }

    /** @param reason why; stored with the action and shown with it */
    public record DiscardRequest(@NotBlank @Size(max = 2000) String reason) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/discard")
    @Operation(summary = "Discards an action: it is never processed, and its user's later actions continue")
    public Result discard(@PathParam("id") long id, @NotNull @Valid DiscardRequest request) throws SQLException {
        return result(id, commands.discard(id, request.reason(), actor()));
    }

    private Result result(long id, CommandResult outcome) {
        if (outcome instanceof CommandResult.Done done) {
            return new Result(id, done.state());
        }
        if (outcome instanceof CommandResult.Refused refused) {
            throw new Problem(409, "The action is " + refused.state(), refused.why());
        }
        if (outcome instanceof CommandResult.Unfit unfit) {
            throw new Problem(422, "The edited action is invalid", unfit.why());
        }
        throw unknown(id);
    }

    private static Problem unknown(long id) {
        return new Problem(404, "There is no failed action " + id, "list them at /api/failed-actions");
    }

    private String actor() {
        return identity.getPrincipal().getName();
    }
}
