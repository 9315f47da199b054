package dev.errand.service.console;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Leads who knows only the host to the console, which asks who they are. */
@Path("/")
@PermitAll
public class ConsoleRedirect {

    @GET
    @Operation(hidden = true)
    public Response start() {
        return ErrorPages.goTo("/console");
    }
}
