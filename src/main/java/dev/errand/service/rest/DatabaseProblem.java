package dev.errand.service.rest;

import dev.errand.service.web.Problem;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.sql.SQLException;
import java.util.Map;
import org.jboss.logging.Logger;

/** Answers API requests with 503 and {@code Retry-After} when the database is unavailable or overloaded. */
@Provider
public class DatabaseProblem implements ExceptionMapper<SQLException> {

    private static final Logger LOG = Logger.getLogger(DatabaseProblem.class);

    @Override
    public Response toResponse(SQLException e) {
        LOG.infof("A request could not be answered: %s", e.getMessage());
        return Problem.response(
                        503,
                        "The database is unavailable",
                        "it can't be reached, or too many requests query it at once: try again in a moment",
                        Map.of())
                .header("Retry-After", 2)
                .build();
    }
}
