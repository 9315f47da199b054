package dev.errand.service.console;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.operations.ActionEditor;
import dev.errand.engine.parking.operations.BulkRetries;
import dev.errand.engine.parking.operations.CommandResult;
import dev.errand.engine.parking.operations.EditDrafts;
import dev.errand.engine.parking.operations.ParkedActionCommands;
import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.parking.view.ParkedActionView.AuditEntry;
import dev.errand.engine.parking.view.ParkedActionView.BulkPreview;
import dev.errand.engine.parking.view.ParkedActionView.BulkProgress;
import dev.errand.engine.parking.view.ParkedActionView.BulkRetry;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.parking.view.ParkedActionView.Found;
import dev.errand.engine.parking.view.ParkedActionView.Group;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
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
import org.jspecify.annotations.Nullable;

/** Failed actions: list, inspect, retry, edit and discard them. */
@Path("/console/failed")
@Blocking
@RolesAllowed({"viewer", "operator"})
public class FailedPages {

    private static final int ROWS = 50;
    private static final int RETRIES = 5;
    private static final int LONGEST_REASON = 2000;
    private static final int FASTEST = 10_000;

    private final ParkedActionList failed;
    private final ParkedActionCommands commands;
    private final ActionEditor editing;
    private final EditDrafts drafts;
    private final BulkRetries bulkRetries;
    private final PageContext.Visits visits;

    @Inject
    FailedPages(
            ParkedActionList failed,
            ParkedActionCommands commands,
            ActionEditor editing,
            EditDrafts drafts,
            BulkRetries bulkRetries,
            PageContext.Visits visits) {
        this.failed = failed;
        this.commands = commands;
        this.editing = editing;
        this.drafts = drafts;
        this.bulkRetries = bulkRetries;
        this.visits = visits;
    }

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance failed(
                PageContext visit,
                FilterForm asked,
                List<ParkedState> states,
                List<Group> groups,
                Found found,
                @Nullable BulkPreview preview,
                List<BulkRetry> retries);

        static native TemplateInstance failedAction(
                PageContext visit,
                Detail detail,
                PublishedRecord record,
                String draft,
                List<Item> line,
                List<AuditEntry> audit,
                @Nullable String done);

        static native TemplateInstance bulk(PageContext visit, BulkProgress progress);

        static native TemplateInstance bulkProgress(PageContext visit, BulkProgress progress);
    }

    @GET
    @Operation(hidden = true)
    public Response list(@BeanParam FilterForm asked, @QueryParam("before") @Nullable Long before) {
        var visit = visits.to("failed");
        return ErrorPages.of(visit, () -> {
            var filter = asked.filter();
            return ErrorPages.html(Templates.failed(
                    visit,
                    asked,
                    List.of(ParkedState.values()),
                    failed.groups(filter),
                    failed.list(filter, before, ROWS),
                    visit.operator() && filter.state() == ParkedState.DEAD ? bulkRetries.preview(filter, null) : null,
                    bulkRetries.latest(RETRIES)));
        });
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true)
    public Response one(@PathParam("id") long id, @QueryParam("done") @Nullable String done) {
        var visit = visits.to("failed");
        return ErrorPages.of(visit, () -> {
            var detail = failed.find(id);
            if (detail.isEmpty()) {
                return unknown(visit);
            }
            var user = detail.get().action().userId();
            var line = user == null
                    ? List.<Item>of()
                    : failed.queue(user, null, ROWS).items();
            return ErrorPages.html(Templates.failedAction(
                    visit,
                    detail.get(),
                    PublishedRecord.of(detail.get()),
                    detail.get().action().actionId() == null ? drafts.of(detail.get()) : "",
                    line,
                    failed.latestAudit(id, ROWS),
                    done));
        });
    }

    @POST
    @Path("/{id}/retry")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response retry(@PathParam("id") long id) {
        return put(id, "retry", () -> commands.retry(id, null, visits.user()));
    }

    @POST
    @Path("/{id}/payload")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response edit(@PathParam("id") long id, @FormParam("payload") @DefaultValue("") String payload) {
        return put(id, "edit", () -> editing.withPayload(id, payload, visits.user()));
    }

    @POST
    @Path("/{id}/action")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response correct(@PathParam("id") long id, @FormParam("action") @DefaultValue("") String action) {
        return put(id, "correct", () -> editing.withAction(id, action, visits.user()));
    }

    @POST
    @Path("/{id}/discard")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response discard(@PathParam("id") long id, @FormParam("reason") @DefaultValue("") String reason) {
        if (reason.isBlank() || reason.length() > LONGEST_REASON) {
            return ErrorPages.problem(
                    422,
                    visits.to("failed"),
                    "A reason is missing, or too long",
                    "Say in up to 2,000 characters why the action is discarded.");
        }
        return put(id, "discard", () -> commands.discard(id, reason.strip(), visits.user()));
    }

    @POST
    @Path("/retries")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response retryAll(
            @FormParam("exactType") @DefaultValue("") String type,
            @FormParam("exactUserId") @DefaultValue("") String userId,
            @FormParam("exactErrorClass") @DefaultValue("") String errorClass,
            @FormParam("until") @Nullable Instant until,
            @FormParam("count") @Nullable Long count,
            @FormParam("perSecond") @DefaultValue("10") int perSecond) {
        var visit = visits.to("failed");
        if (perSecond < 1 || perSecond > FASTEST) {
            return ErrorPages.problem(422, visit, "The rate is out of range", "Give 1 to 10,000 actions a second.");
        }
        if (until == null || count == null) {
            return ErrorPages.problem(
                    422, visit, "The form is incomplete", "Use the button on the page of the dead actions.");
        }
        return ErrorPages.of(visit, () -> {
            var filter = FilterForm.dead(type, userId, errorClass).filter();
            // An action that died before that time may have been committed only after the count.
            var now = bulkRetries.preview(filter, until);
            if (now.count() > count) {
                return ErrorPages.problem(
                        409,
                        visit,
                        "There are more actions than the page showed",
                        "There were " + count + " and there are " + now.count()
                                + " now: look at them again before you retry them.");
            }
            return ErrorPages.goTo(
                    "/console/failed/retries/" + bulkRetries.begin(filter, until, perSecond, visits.user()));
        });
    }

    @GET
    @Path("/retries/{id}")
    @Operation(hidden = true)
    public Response bulk(@PathParam("id") UUID id) {
        var visit = visits.to("failed");
        return ErrorPages.of(visit, () -> {
            var progress = bulkRetries.progress(id);
            return progress.isPresent() ? ErrorPages.html(Templates.bulk(visit, progress.get())) : noBulkRetry(visit);
        });
    }

    /** The part of the page that is updated every second until all actions are finished. */
    @GET
    @Path("/retries/{id}/progress")
    @Operation(hidden = true)
    public Response bulkProgress(@PathParam("id") UUID id) {
        var visit = visits.to("failed");
        return ErrorPages.of(visit, () -> {
            var progress = bulkRetries.progress(id);
            return progress.isPresent()
                    ? ErrorPages.html(Templates.bulkProgress(visit, progress.get()))
                    : noBulkRetry(visit);
        });
    }

    @POST
    @Path("/retries/{id}/stop")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response stop(@PathParam("id") UUID id) {
        var visit = visits.to("failed");
        return ErrorPages.of(
                visit,
                () -> bulkRetries.stop(id, visits.user()).isPresent()
                        ? ErrorPages.goTo("/console/failed/retries/" + id)
                        : noBulkRetry(visit));
    }

    private static Response noBulkRetry(PageContext visit) {
        return ErrorPages.problem(
                404, visit, "There is no such bulk retry", "The page of failed actions lists the latest ones.");
    }

    /** Runs a command on a failed action. */
    @FunctionalInterface
    private interface Putting {
        CommandResult right() throws SQLException;
    }

    private Response put(long id, String operation, Putting putting) {
        var visit = visits.to("failed");
        return ErrorPages.of(visit, () -> {
            var result = putting.right();
            if (result instanceof CommandResult.Done) {
                return ErrorPages.goTo("/console/failed/" + id + "?done=" + operation);
            }
            if (result instanceof CommandResult.Refused refused) {
                return ErrorPages.problem(409, visit, "The action is " + refused.state(), refused.why());
            }
            if (result instanceof CommandResult.Unfit unfit) {
                return ErrorPages.problem(422, visit, "The edited action is invalid", unfit.why());
            }
            return unknown(visit);
        });
    }

    private static Response unknown(PageContext visit) {
        return ErrorPages.problem(404, visit, "There is no such failed action", "It may have been removed.");
    }
}
