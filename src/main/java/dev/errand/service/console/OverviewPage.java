package dev.errand.service.console;

import dev.errand.service.status.InstanceRegistry;
import dev.errand.service.status.StatusService;
import dev.errand.service.status.StatusView.Overview;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The current numbers, and charts of the last hour. */
@Path("/console")
@Blocking
@RolesAllowed({"viewer", "operator"})
public class OverviewPage {

    private final StatusService statusService;
    private final InstanceRegistry instances;
    private final PageContext.Visits visits;

    @Inject
    OverviewPage(StatusService statusService, InstanceRegistry instances, PageContext.Visits visits) {
        this.statusService = statusService;
        this.instances = instances;
        this.visits = visits;
    }

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance overview(PageContext visit, Overview now, List<Chart> charts);

        static native TemplateInstance now(Overview now, List<Chart> charts);
    }

    @GET
    @Operation(hidden = true)
    public Response page() {
        var visit = visits.to("overview");
        return ErrorPages.of(
                visit, () -> ErrorPages.html(Templates.overview(visit, statusService.overview(), charts())));
    }

    /** The part of the page that is updated every two seconds. */
    @GET
    @Path("/now")
    @Operation(hidden = true)
    public Response now() {
        return ErrorPages.of(
                visits.to("overview"), () -> ErrorPages.html(Templates.now(statusService.overview(), charts())));
    }

    private List<Chart> charts() throws SQLException {
        var hour = instances.lastHour();
        return List.of(
                Chart.of("Done", "good", hour, Set.of("done")),
                Chart.of("Duplicates", "plain", hour, Set.of("duplicate")),
                Chart.of("Failed attempts", "warn", hour, Set.of("failed")),
                Chart.of("Kept as failed", "bad", hour, Set.of("parked", "unreadable", "conflicting")));
    }
}
