package dev.errand.failure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** Who changed what by hand, and when. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class Audit {

    private Audit() {}

    /**
     * @param actor who did it
     * @param deed what was done, such as {@code discard}
     * @param subject to what, such as {@code failed-action/17}
     * @param detail what else there is to know
     */
    public static void note(Connection connection, String actor, String deed, String subject, Map<String, ?> detail)
            throws SQLException {
        try (var statement = connection.prepareStatement(
                "INSERT INTO audit_entry (actor, deed, subject, detail) VALUES (?, ?, ?, ?)")) {
            statement.setString(1, actor);
            statement.setString(2, deed);
            statement.setString(3, subject);
            statement.setString(4, FailedActions.json(detail));
            statement.executeUpdate();
        }
    }
}
