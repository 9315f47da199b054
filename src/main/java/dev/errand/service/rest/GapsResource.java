package dev.errand.service.rest;

import dev.errand.engine.offsets.OffsetGaps;
import dev.errand.engine.offsets.OffsetGaps.Gap;
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
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
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

/** Gaps are records that Kafka no longer had when Errand was to read them. Operators list and accept them. */
@Path("/api/consumer/gaps")
@Blocking
@RolesAllowed({"viewer", "operator"})
@CustomDeserialization(StrictBody.class)
@Tag(name = "Status")
public class GapsResource {

    private final OffsetGaps gaps;
    private final SecurityIdentity identity;

    @Inject
    GapsResource(OffsetGaps gaps, SecurityIdentity identity) {
        this.gaps = gaps;
        this.identity = identity;
    }

    /**
     * A page of gaps.
     *
     * @param next the value of {@code before} for the next page; null on the last page
     */
    public record GapPage(List<Gap> items, @Nullable Long next) {}

    @GET
    @Operation(
            summary = "Lists gaps, records that Kafka no longer had when Errand was to read them, the latest first",
            description =
                    "The cause is DELETED (by retention or by request), TRUNCATED (cut off the end of the log),"
                            + " RECREATED (the topic was deleted and created again) or RESET (the group's offset was set forward).")
    public GapPage list(
            @QueryParam("before") @Nullable Long before,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(500) int limit)
            throws SQLException {
        var items = gaps.all(before, limit);
        return new GapPage(
                items, items.size() < limit ? null : items.get(items.size() - 1).id());
    }

    /** @param reason why; stored with the gap; null for none */
    public record AcceptRequest(@Size(max = 2000) @Nullable String reason) {}

    /** @param id the gap's number */
    public record Accepted(long id) {}

    @POST
    @Path("/{id}/accept")
    @RolesAllowed("operator")
    @Operation(
            summary = "Accepts a gap",
            description =
                    "A partition that is held because of the gap (errand.on-gap=stop) is read on behind it within seconds."
                            + " Repeating the request changes nothing.")
    public Accepted accept(@PathParam("id") long id, @NotNull @Valid AcceptRequest request) throws SQLException {
        var reason = request.reason() == null ? "" : request.reason();
        if (!gaps.accept(id, reason, identity.getPrincipal().getName())) {
            throw new Problem(404, "There is no gap " + id, "list them at /api/consumer/gaps");
        }
        return new Accepted(id);
    }
}
