package dev.errand.service.rest;

import dev.errand.service.status.InstanceRegistry;
import dev.errand.service.status.PauseFlag;
import dev.errand.service.status.StatusService;
import dev.errand.service.status.StatusView.Consumer;
import dev.errand.service.status.StatusView.Intake;
import dev.errand.service.status.StatusView.Minute;
import dev.errand.service.status.StatusView.Overview;
import dev.errand.service.web.StrictBody;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.sql.SQLException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Errand's current state, and the pause and resume of its consumption. */
@Path("/api")
@Blocking
@RolesAllowed({"viewer", "operator"})
@CustomDeserialization(StrictBody.class)
@Tag(name = "Status")
public class StatusResource {

    private final StatusService statusService;
    private final InstanceRegistry instances;
    private final PauseFlag pauseFlag;
    private final SecurityIdentity identity;

    @Inject
    StatusResource(
            StatusService statusService, InstanceRegistry instances, PauseFlag pauseFlag, SecurityIdentity identity) {
        this.statusService = statusService;
        this.instances = instances;
        this.pauseFlag = pauseFlag;
        this.identity = identity;
    }

    @GET
    @Path("/status")
    @Operation(summary = "Shows the current throughput, lag, workers and failed actions of all processes together")
    public Overview status() throws SQLException {
        return statusService.overview();
    }

    @GET
    @Path("/status/last-hour")
    @Operation(summary = "Counts actions by outcome for each minute of the last hour")
    public List<Minute> lastHour() throws SQLException {
        return instances.lastHour();
    }

    @GET
    @Path("/consumer")
    @Operation(
            summary = "Shows the consumer group by partition: position, end, lag, age of the oldest unfinished action")
    public Consumer consumer() throws SQLException {
        return statusService.consumer();
    }

    /** @param reason why; stored and shown with the pause; null for none */
    public record TurnRequest(@Size(max = 2000) @Nullable String reason) {}

    @POST
    @Path("/consumer/pause")
    @RolesAllowed("operator")
    @Operation(
            summary = "Pauses consumption from Kafka in all processes, until it is resumed",
            description =
                    "Takes effect within seconds. Received actions are finished and scheduled attempts continue. Repeating"
                            + " the request changes nothing.")
    public Intake pause(@NotNull @Valid TurnRequest request) throws SQLException {
        return turn(true, request);
    }

    @POST
    @Path("/consumer/resume")
    @RolesAllowed("operator")
    @Operation(summary = "Resumes consumption from Kafka in all processes")
    public Intake resume(@NotNull @Valid TurnRequest request) throws SQLException {
        return turn(false, request);
    }

    private Intake turn(boolean paused, TurnRequest request) throws SQLException {
        var reason = request.reason();
        pauseFlag.turn(
                paused, reason == null ? "" : reason, identity.getPrincipal().getName());
        statusService.forget();
        return pauseFlag.intake();
    }
}
