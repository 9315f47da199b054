package dev.errand.engine.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** Writes audit entries: who changed what, and when. Stateless and thread-safe; it takes part in the caller's transaction. */
public final class Audit {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Audit() {}

    /**
     * Writes an entry.
     *
     * @param connection in the transaction of the change
     * @param actor the operator
     * @param operation what the operator did, such as {@code discard}
     * @param subject what the operator changed, such as {@code failed-action/17}
     * @param detail more about the change; is stored as JSON
     * @throws IllegalArgumentException if the detail can't be written as JSON
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
