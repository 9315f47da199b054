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

/** Failed actions: look at them, and put them right. */
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
            description = "The answer has 4 KiB of an error's message at most, and " + Downloads.TRUNCATED
                    + " A page may have fewer than asked for: next is null on the last one. For a user of very many failed"
                    + " actions a request may not look at all of them: it says in searchedTo how far it came, and next goes"
                    + " on from there.")
    public Found list(
            @BeanParam @Valid FilterParameters filter,
            @QueryParam("before") @Nullable Long before,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        return failed.list(filter.filter(), before, limit);
    }

    @GET
    @Path("/groups")
    @Operation(summary = "Counts the latest 10,000 failed actions by state, error class and type, the most first")
    public List<Group> groups(@BeanParam @Valid FilterParameters filter) throws SQLException {
        return failed.groups(filter.filter());
    }

    @GET
    @Path("/{id}")
    @Operation(
            summary = "Shows one failed action: payload, stack trace, its latest attempts",
            description = "Of each value 64 KiB at most, and " + Downloads.TRUNCATED
                    + " JSON of which there is more (recordHeaders, history) is null then.")
    public Detail get(@PathParam("id") long id) throws SQLException {
        return failed.find(id).orElseThrow(() -> unknown(id));
    }

    @GET
    @Path("/{id}/line")
    @Operation(summary = "Lists the user's actions that are not over yet, in the order in which they will be done")
    public Found line(
            @PathParam("id") long id,
            @QueryParam("after") @Nullable Long after,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        var user = item(id).userId();
        return user == null ? new Found(List.of(), null, null) : failed.line(user, after, limit);
    }

    @GET
    @Path("/{id}/audit")
    @Operation(
            summary = "Lists what people did to one failed action",
            description =
                    "In order; the next page begins after the id of the last one. A detail larger than 4 KiB is null,"
                            + " and " + Downloads.TRUNCATED)
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

    /** What state it brought the action to. */
    public record Result(long id, ParkedState state) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/retry")
    @Operation(
            summary = "Tries an action again, now",
            description =
                    "An action behind another failed one of its user waits for its turn. Repeating the request changes"
                            + " nothing more.")
    public Result retry(@PathParam("id") long id) throws SQLException {
        return result(id, commands.retry(id, null, actor()));
    }

    /**
     * What to try again with: one of the two.
     *
     * @param payload the payload to take instead of the original; for an action that can be read
     * @param action the whole action, as it should have been published; for a record that can't be read
     */
    public record EditRequest(
            @Nullable JsonNode payload, @Nullable JsonNode action) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/edit")
    @Operation(
            summary = "Edits an action and tries it again, now",
            description =
                    "With a payload: takes that instead of the original. With an action: says what a record that can't"
                            + " be read was meant to be. What was published is kept.")
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

    /** @param reason why, for those who ask later */
    public record DiscardRequest(@NotBlank @Size(max = 2000) String reason) {}

    @POST
    @RolesAllowed("operator")
    @Path("/{id}/discard")
    @Operation(summary = "Decides that an action is never to be done; its user's later actions go on")
    public Result discard(@PathParam("id") long id, @NotNull @Valid DiscardRequest request) throws SQLException {
        return result(id, commands.discard(id, request.reason(), actor()));
    }

    private Result result(long id, CommandResult repair) {
        if (repair instanceof CommandResult.Done done) {
            return new Result(id, done.state());
        }
        if (repair instanceof CommandResult.Refused refused) {
            throw new Problem(409, "The action is " + refused.state(), refused.why());
        }
        if (repair instanceof CommandResult.Unfit unfit) {
            throw new Problem(422, "The edited action can't be taken", unfit.why());
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
