package dev.errand.engine.retention;

import dev.errand.engine.ledger.PurgedRange;
import dev.errand.engine.query.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Deletes old rows in steps, each a short transaction. The database stores how far a pass has come and when the next step is due,
 * so that all processes together take one step at a time, at one pace. A process that dies leaves nothing to clean up. Thread-safe.
 */
@ApplicationScoped
class PurgeSteps {

    private static final Logger LOG = Logger.getLogger(PurgeSteps.class);

    /** The time between the end of a pass and the start of the next. */
    private static final Duration BETWEEN_PASSES = Duration.ofHours(1);

    private final DataSource dataSource;

    @Inject
    PurgeSteps(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Takes the next step if it is due and no other process is taking it.
     *
     * @return the time until the step after it is due; empty if no step was taken
     */
    @Transactional(rollbackOn = Exception.class)
    public Optional<Duration> next(Purge purge) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var place = lock(connection, purge.kind());
            if (place.isEmpty()) {
                return Optional.empty();
            }
            var began = System.nanoTime();
            var range = purge.forget(connection, place.get().passed);
            var pause = range.more() ? purge.pauseAfter(Duration.ofNanos(System.nanoTime() - began)) : BETWEEN_PASSES;
            move(connection, purge, place.get(), range, pause);
            return Optional.of(pause);
        }
    }

    /** How far the current pass has come: the last {@code seq} looked at, and how many rows were deleted. */
    private record Place(long passed, long deleted) {}

    private static Optional<Place> lock(Connection connection, Purge.Kind kind) throws SQLException {
        return Sql.of(connection, """
                SELECT cursor_seq, deleted_rows FROM retention
                WHERE name = :name AND next_step_at <= CURRENT_TIMESTAMP(6) FOR UPDATE SKIP LOCKED""")
                .bind("name", kind.row)
                .first(row -> new Place(row.getLong("cursor_seq"), row.getLong("deleted_rows")));
    }

    private static void move(Connection connection, Purge purge, Place from, PurgedRange range, Duration pause)
            throws SQLException {
        if (!range.more() && from.deleted > 0) {
            LOG.infof("Deleted %,d %s older than %s", from.deleted, purge.kind().what, purge.age());
        }
        Sql.of(connection, """
                UPDATE retention
                SET cursor_seq = :cursor, deleted_rows = :deleted, next_step_at = CURRENT_TIMESTAMP(6) + INTERVAL :pause MICROSECOND
                WHERE name = :name""")
                .bind("cursor", range.more() ? range.last() : 0)
                .bind("deleted", range.more() ? from.deleted + range.deleted() : 0)
                .bind("pause", Sql.micros(pause))
                .bind("name", purge.kind().row)
                .update();
    }
}
