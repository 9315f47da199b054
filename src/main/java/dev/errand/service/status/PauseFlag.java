package dev.errand.service.status;

import dev.errand.engine.audit.Audit;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Sql;
import dev.errand.service.status.StatusView.Intake;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The flag that pauses intake in all processes, also in those that start later. It is in the database, so it survives
 * restarts. Thread-safe.
 */
@ApplicationScoped
public class PauseFlag {

    private final DataSource dataSource;
    private final Queries queries;

    @Inject
    PauseFlag(DataSource dataSource, Queries queries) {
        this.dataSource = dataSource;
        this.queries = queries;
    }

    /** The current value of the flag. */
    public Intake intake() throws SQLException {
        return queries.first(
                        "SELECT paused, reason, actor, changed_at FROM pause_flag WHERE name = 'user-actions'",
                        Map.of(),
                        row -> new Intake(
                                row.getBoolean("paused"),
                                row.getString("reason"),
                                row.getString("actor"),
                                Queries.known(row, "changed_at")))
                .orElseThrow(
                        () -> new IllegalStateException("pause_flag has no row, though the migrations insert one"));
    }

    /**
     * Sets the flag. Processes apply it within seconds and finish the actions that they have received. Setting the
     * value that it already has changes nothing and is not audited.
     *
     * @param reason why; stored with the flag and in the audit; empty for none
     * @param actor who sets it
     */
    @Transactional(rollbackOn = Exception.class)
    public void turn(boolean paused, String reason, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            int turned = Sql.of(connection, """
                    UPDATE pause_flag SET paused = :paused, reason = :reason, actor = :actor, changed_at = CURRENT_TIMESTAMP(6)
                    WHERE name = 'user-actions' AND paused <> :paused""")
                    .bind("paused", paused)
                    .bind("reason", reason)
                    .bind("actor", actor)
                    .update();
            if (turned == 1) {
                Audit.note(connection, actor, paused ? "pause" : "resume", "intake", Map.of("reason", reason));
            }
        }
    }
}
