package dev.errand.service.rest;

import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.parking.view.StoredValue;
import dev.errand.service.web.Problem;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Downloads of the stored values of failed actions, of any size. */
@Path("/api/failed-actions")
@Blocking
@RolesAllowed({"viewer", "operator"})
@Tag(name = "Failed actions")
public class FailedValuesResource {

    private static final String NAMES =
            Arrays.stream(StoredValue.values()).map(StoredValue::pathName).collect(Collectors.joining(", "));

    private final ParkedActionList failed;

    @Inject
    FailedValuesResource(ParkedActionList failed) {
        this.failed = failed;
    }

    @GET
    @Path("/{id}/values/{name}")
    @Operation(
            summary = "Downloads a value of a failed action",
            description =
                    "The values are payload, edited-payload, key, value, headers, error-message, stack-trace, history and"
                            + " reason. Of a masked action only key and reason can be downloaded.")
    @APIResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = "application/octet-stream",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response value(@PathParam("id") long id, @PathParam("name") String name) throws SQLException {
        var value = StoredValue.of(name)
                .orElseThrow(() -> new Problem(404, "There is no value of this name", "the names are " + NAMES));
        return Downloads.of(failed.download(id, value), value.mediaType(), "failed-action-" + id + "-" + name);
    }

    @GET
    @Path("/{id}/audit/{entry}/detail")
    @Operation(summary = "Downloads the detail of one audit entry of a failed action")
    @APIResponse(
            responseCode = "200",
            content = @Content(mediaType = "application/json", schema = @Schema(type = SchemaType.OBJECT)))
    public Response detail(@PathParam("id") long id, @PathParam("entry") long entry) throws SQLException {
        return Downloads.of(failed.downloadAudit(id, entry), "application/json", "audit-" + entry + ".json");
    }
}
