package dev.errand.service.console;

import dev.errand.action.ActionKey;
import dev.errand.service.history.History;
import dev.errand.service.history.HistoryView.Activity;
import dev.errand.service.history.HistoryView.Entry;
import dev.errand.service.history.HistoryView.Life;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Pages of actions: the latest, a user's, and a single one. */
@Path("/console")
@Blocking
@RolesAllowed({"viewer", "operator"})
public class ActionPages {

    private static final int ROWS = 50;

    private final History history;
    private final PageContext.Visits visits;

    @Inject
    ActionPages(History history, PageContext.Visits visits) {
        this.history = history;
        this.visits = visits;
    }

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance actions(PageContext visit, List<Entry> entries, boolean live);

        static native TemplateInstance tail(List<Entry> entries, boolean live);

        static native TemplateInstance user(
                PageContext visit, String id, @Nullable Activity activity, List<Entry> entries, @Nullable Long next);

        static native TemplateInstance action(PageContext visit, Life life);
    }

    @GET
    @Path("/actions")
    @Operation(hidden = true)
    public Response actions(@QueryParam("live") @DefaultValue("true") boolean live) {
        var visit = visits.to("actions");
        return ErrorPages.of(visit, () -> ErrorPages.html(Templates.actions(visit, history.latest(ROWS), live)));
    }

    /** The part of the page that is updated every two seconds. */
    @GET
    @Path("/actions/tail")
    @Operation(hidden = true)
    public Response tail() {
        return ErrorPages.of(visits.to("actions"), () -> ErrorPages.html(Templates.tail(history.latest(ROWS), true)));
    }

    @GET
    @Path("/user")
    @Operation(hidden = true)
    public Response user(@QueryParam("id") @DefaultValue("") String id, @QueryParam("before") @Nullable Long before) {
        var visit = visits.to("user");
        return ErrorPages.of(visit, () -> {
            if (id.isEmpty()) {
                return ErrorPages.html(Templates.user(visit, "", null, List.of(), null));
            }
            var page = history.ofUser(id, before, ROWS);
            return ErrorPages.html(
                    Templates.user(visit, id, history.activity(id).orElse(null), page.items(), page.next()));
        });
    }

    @GET
    @Path("/action")
    @Operation(hidden = true)
    public Response action(
            @QueryParam("source") @DefaultValue("") String source, @QueryParam("id") @DefaultValue("") String id) {
        var visit = visits.to("actions");
        return ErrorPages.of(visit, () -> {
            var life = history.find(new ActionKey(source, id));
            return life.isPresent()
                    ? ErrorPages.html(Templates.action(visit, life.get()))
                    : ErrorPages.problem(
                            404,
                            visit,
                            "The ledger has no such action",
                            "Its record has not been processed yet, or can't be read: look among the failed actions.");
        });
    }
}
