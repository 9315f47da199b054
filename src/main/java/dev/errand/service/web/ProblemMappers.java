package dev.errand.service.web;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Tells errors that nobody else has told as {@link Problem}s: what JAX-RS refuses, and faults of Errand's own. Thread-safe. */
public final class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    /** No such address, method or media type; what has an answer already keeps it. */
    @ServerExceptionMapper
    public Response refused(WebApplicationException e, UriInfo uri) {
        var response = e.getResponse();
        if (response.hasEntity() || response.getStatus() < 400) {
            return response;
        }
        var title = response.getStatusInfo().getReasonPhrase();
        var problem = Problem.response(response.getStatus(), title, detail(e, title), instance(uri));
        response.getHeaders().forEach((name, values) -> values.forEach(value -> problem.header(name, value)));
        return problem.header("Content-Type", null).type(Problem.MEDIA_TYPE).build();
    }

    private static String detail(WebApplicationException e, String title) {
        return e.getMessage() == null ? title : e.getMessage();
    }

    private static Map<String, String> instance(UriInfo uri) {
        return Map.of("instance", uri.getRequestUri().getRawPath());
    }

    /** The error's message may quote what is private: it is in the log at level DEBUG only. */
    @ServerExceptionMapper
    public Response failed(Exception e, UriInfo uri) {
        LOG.errorf(
                "A request to %s failed with %s",
                uri.getRequestUri().getRawPath(), e.getClass().getName());
        LOG.debug("Because", e);
        return Problem.response(
                        500, "Internal Server Error", "a fault of Errand's own; please report it", instance(uri))
                .build();
    }
}
