package dev.errand.service.web;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers errors that no other mapper handles with {@link Problem}s: requests that JAX-RS refuses, and internal errors.
 * Thread-safe.
 */
public final class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    /** Handles an unknown address, method or media type. An exception that already has an answer keeps it. */
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

    /** Logs the exception itself at level DEBUG only, because its message may quote private data. */
    @ServerExceptionMapper
    public Response failed(Exception e, UriInfo uri) {
        LOG.errorf(
                "A request to %s failed with %s",
                uri.getRequestUri().getRawPath(), e.getClass().getName());
        LOG.debug("The cause of the failed request", e);
        return Problem.response(
                        500, "Internal Server Error", "an internal error of Errand; please report it", instance(uri))
                .build();
    }
}
