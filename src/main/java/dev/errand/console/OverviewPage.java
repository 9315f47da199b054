package dev.errand.console;

import dev.errand.status.Processes;
import dev.errand.status.StatusBoard;
import dev.errand.status.StatusView.Overview;
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

/** How all is going. */
@Path("/console")
@Blocking
@RolesAllowed({"viewer", "operator"})
public class OverviewPage {

    private final StatusBoard board;
    private final Processes processes;
    private final Visit.Visits visits;

    @Inject
    OverviewPage(StatusBoard board, Processes processes, Visit.Visits visits) {
        this.board = board;
        this.processes = processes;
        this.visits = visits;
    }

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance overview(Visit visit, Overview now, List<Chart> charts);

        static native TemplateInstance now(Overview now, List<Chart> charts);
    }

    @GET
    @Operation(hidden = true)
    public Response page() {
        var visit = visits.to("overview");
        return Pages.of(visit, () -> Pages.html(Templates.overview(visit, board.overview(), charts())));
    }

    /** The part that is renewed every two seconds. */
    @GET
    @Path("/now")
    @Operation(hidden = true)
    public Response now() {
        return Pages.of(visits.to("overview"), () -> Pages.html(Templates.now(board.overview(), charts())));
    }

    private List<Chart> charts() throws SQLException {
        var hour = processes.lastHour();
        return List.of(
                Chart.of("Done", "good", hour, Set.of("done")),
                Chart.of("Duplicates", "plain", hour, Set.of("duplicate")),
                Chart.of("Failed attempts", "warn", hour, Set.of("failed")),
                Chart.of("Kept as failed", "bad", hour, Set.of("kept", "unreadable", "conflicting")));
    }
}
