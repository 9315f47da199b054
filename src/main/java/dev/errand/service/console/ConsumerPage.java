package dev.errand.service.console;

import dev.errand.engine.offsets.OffsetGaps;
import dev.errand.engine.offsets.OffsetGaps.Gap;
import dev.errand.service.status.PauseFlag;
import dev.errand.service.status.StatusService;
import dev.errand.service.status.StatusView.Consumer;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The consumer group by partition, its gaps, and the pause and resume of its consumption. */
@Path("/console/consumer")
@Blocking
@RolesAllowed({"viewer", "operator"})
public class ConsumerPage {

    private static final int LONGEST_REASON = 2000;

    private final StatusService statusService;
    private final PauseFlag pauseFlag;
    private final OffsetGaps gaps;
    private final PageContext.Visits visits;

    @Inject
    ConsumerPage(StatusService statusService, PauseFlag pauseFlag, OffsetGaps gaps, PageContext.Visits visits) {
        this.statusService = statusService;
        this.pauseFlag = pauseFlag;
        this.gaps = gaps;
        this.visits = visits;
    }

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance consumer(PageContext visit, Consumer consumer, List<Gap> gaps);

        static native TemplateInstance partitions(Consumer consumer);
    }

    @GET
    @Operation(hidden = true)
    public Response page() {
        var visit = visits.to("consumer");
        return ErrorPages.of(
                visit, () -> ErrorPages.html(Templates.consumer(visit, statusService.consumer(), gaps.unaccepted())));
    }

    /** The part of the page that is updated every two seconds. */
    @GET
    @Path("/partitions")
    @Operation(hidden = true)
    public Response partitions() {
        return ErrorPages.of(
                visits.to("consumer"), () -> ErrorPages.html(Templates.partitions(statusService.consumer())));
    }

    @POST
    @Path("/pause")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response pause(@FormParam("reason") @DefaultValue("") String reason) {
        return turn(true, reason);
    }

    @POST
    @Path("/resume")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response resume(@FormParam("reason") @DefaultValue("") String reason) {
        return turn(false, reason);
    }

    @POST
    @Path("/gaps/{id}/accept")
    @RolesAllowed("operator")
    @Operation(hidden = true)
    public Response accept(@PathParam("id") long id, @FormParam("reason") @DefaultValue("") String reason) {
        var visit = visits.to("consumer");
        if (reason.length() > LONGEST_REASON) {
            return tooLong(visit);
        }
        return ErrorPages.of(
                visit,
                () -> gaps.accept(id, reason.strip(), visits.user())
                        ? ErrorPages.goTo("/console/consumer")
                        : ErrorPages.problem(
                                404, visit, "There is no such gap", "It may belong to another consumer group."));
    }

    private static Response tooLong(PageContext visit) {
        return ErrorPages.problem(422, visit, "The reason is too long", "It may have 2,000 characters at most.");
    }

    private Response turn(boolean paused, String reason) {
        var visit = visits.to("consumer");
        if (reason.length() > LONGEST_REASON) {
            return tooLong(visit);
        }
        return ErrorPages.of(visit, () -> {
            pauseFlag.turn(paused, reason.strip(), visits.user());
            statusService.forget();
            return ErrorPages.goTo("/console/consumer");
        });
    }
}
