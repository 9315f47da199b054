package dev.errand.service.console;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Redirects the root address to the console, which requires a log-in. */
@Path("/")
@PermitAll
public class ConsoleRedirect {

    @GET
    @Operation(hidden = true)
    public Response start() {
        return ErrorPages.goTo("/console");
    }
}
