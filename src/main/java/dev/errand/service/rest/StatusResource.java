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

/** How Errand is doing now, and the switch that pauses it. */
@Path("/api")
@Blocking
@RolesAllowed({"viewer", "operator"})
@CustomDeserialization(StrictBody.class)
@Tag(name = "Status")
public class StatusResource {

    private final StatusService board;
    private final InstanceRegistry processes;
    private final PauseFlag intake;
    private final SecurityIdentity identity;

    @Inject
    StatusResource(StatusService board, InstanceRegistry processes, PauseFlag intake, SecurityIdentity identity) {
        this.board = board;
        this.processes = processes;
        this.intake = intake;
        this.identity = identity;
    }

    @GET
    @Path("/status")
    @Operation(summary = "Shows throughput, lag, workers and failed actions now, of all processes together")
    public Overview status() throws SQLException {
        return board.overview();
    }

    @GET
    @Path("/status/last-hour")
    @Operation(summary = "Counts what became of actions in each minute of the last hour")
    public List<Minute> lastHour() throws SQLException {
        return processes.lastHour();
    }

    @GET
    @Path("/consumer")
    @Operation(
            summary = "Shows the consumer group by partition: position, end, lag, the oldest unfinished action's age")
    public Consumer consumer() throws SQLException {
        return board.consumer();
    }

    /** @param reason why, for those who ask later; null for none */
    public record TurnRequest(@Size(max = 2000) @Nullable String reason) {}

    @POST
    @Path("/consumer/pause")
    @RolesAllowed("operator")
    @Operation(
            summary = "Stops taking actions from Kafka, in all processes, until they are told to resume",
            description =
                    "Within seconds. What was taken is finished, scheduled attempts go on. Repeating it changes nothing.")
    public Intake pause(@NotNull @Valid TurnRequest request) throws SQLException {
        return turn(true, request);
    }

    @POST
    @Path("/consumer/resume")
    @RolesAllowed("operator")
    @Operation(summary = "Takes actions from Kafka again, in all processes")
    public Intake resume(@NotNull @Valid TurnRequest request) throws SQLException {
        return turn(false, request);
    }

    private Intake turn(boolean paused, TurnRequest request) throws SQLException {
        var reason = request.reason();
        intake.turn(
                paused, reason == null ? "" : reason, identity.getPrincipal().getName());
        board.forget();
        return intake.intake();
    }
}
