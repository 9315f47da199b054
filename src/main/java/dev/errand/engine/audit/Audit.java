package dev.errand.engine.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** Who changed what by hand, and when. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class Audit {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Audit() {}

    /**
     * @param actor who did it
     * @param operation what was done, such as {@code discard}
     * @param subject to what, such as {@code failed-action/17}
     * @param detail what else there is to know
     */
    public static void note(
            Connection connection, String actor, String operation, String subject, Map<String, ?> detail)
            throws SQLException {
        Sql.of(connection, """
                INSERT INTO audit_entry (actor, operation, subject, detail)
                VALUES (:actor, :operation, :subject, :detail)""")
                .bind("actor", actor)
                .bind("operation", operation)
                .bind("subject", subject)
                .bind("detail", text(detail))
                .update();
    }

    private static String text(Map<String, ?> detail) {
        try {
            return JSON.writeValueAsString(detail);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The detail of an audit entry can't be written as JSON", e);
        }
    }
}
