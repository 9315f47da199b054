package dev.errand.engine.parking.operations;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.engine.audit.Audit;
import dev.errand.engine.ledger.Ledger;
import dev.errand.engine.parking.BlockedUsers;
import dev.errand.engine.parking.IdentityConflicts;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.PublishedAction;
import dev.errand.engine.parking.Schedule;
import dev.errand.engine.parking.UserQueue;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What operators do with parked actions: retry, correct, discard. Each command is audited. Thread-safe. */
@ApplicationScoped
public class ParkedActionCommands {

    private final DataSource dataSource;

    @Inject
    ParkedActionCommands(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A row, locked. */
    private record Locked(
            ParkedState state,
            @Nullable String user,
            boolean blocking,
            boolean hasIdentity,
            @Nullable String type) {

        boolean conflicting() {
            return !hasIdentity && type != null;
        }
    }

    /**
     * Puts an action back on its schedule, due now. A dead one that is not the first of its user's line waits for its turn
     * there.
     *
     * @param payload JSON that this and later attempts take instead of the original; null for no change
     * @param actor who does it
     */
    @Transactional(rollbackOn = Exception.class)
    public CommandResult retry(long seq, @Nullable String payload, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var found = lock(connection, seq);
            if (found.isEmpty()) {
                return new CommandResult.Unknown();
            }
            var row = found.get();
            if (row.state == ParkedState.RESOLVED) {
                return payload == null
                        ? new CommandResult.Done(row.state)
                        : refused(row, "it is resolved: nothing can be edited");
            }
            if (row.state == ParkedState.DISCARDED) {
                return refused(row, "it was discarded: publish the action anew, with another id");
            }
            if (row.state == ParkedState.WAITING) {
                return refused(row, "it waits behind an earlier failed action of its user: put that right");
            }
            if (row.conflicting()) {
                return refused(
                        row, "its source and id are another action's: correct it, by giving the action with others");
            }
            if (!row.hasIdentity) {
                return refused(row, "it can't be read: correct it, by giving the action that it was meant to be");
            }
            var state = row.state;
            if (row.state == ParkedState.RETRYING && payload == null) {
                Schedule.hasten(connection, seq);
            } else {
                var user = String.valueOf(row.user);
                BlockedUsers.open(connection, user);
                state = Schedule.begin(connection, seq, user, Duration.ZERO, payload, null);
            }
            var detail = payload == null ? Map.<String, Object>of() : Map.<String, Object>of("payload", payload);
            Audit.note(connection, actor, payload == null ? "retry" : "edit-and-retry", subject(seq), detail);
            return new CommandResult.Done(state);
        }
    }

    /**
     * Says what a record was meant to be that can't be read, or whose identity is another action's, and puts it on its
     * schedule, due now. What was published is kept as it is.
     *
     * @param action with the record's coordinates
     */
    @Transactional(rollbackOn = Exception.class)
    public CommandResult correct(long seq, Action<String> action, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var found = lock(connection, seq);
            if (found.isEmpty()) {
                return new CommandResult.Unknown();
            }
            var row = found.get();
            if (row.state != ParkedState.DEAD || row.hasIdentity) {
                return refused(
                        row,
                        "only a dead record that can't be read, or whose source and id are another action's, can be corrected;"
                                + " edit the payload instead");
            }
            if (!Ledger.record(connection, List.of(action.withPayload("null"))).isEmpty()) {
                return refused(row, takenAlready(connection, action));
            }
            Ledger.markUnprocessed(connection, List.of(action.key()));
            Ledger.markCorrected(connection, action.key(), row.type);
            // From left to right: the type that it had before the one that it gets.
            try (var statement = connection.prepareStatement("""
                    UPDATE parked_action
                    SET corrected = TRUE, corrected_from = type, user_id = ?, source = ?, id = ?, type = ?, occurred_at = ?, payload = ?
                    WHERE seq = ?""")) {
                statement.setString(1, action.userId());
                statement.setString(2, action.key().source());
                statement.setString(3, action.key().id());
                statement.setString(4, action.type());
                statement.setObject(5, action.occurredAtUtc());
                statement.setString(6, action.payload());
                statement.setLong(7, seq);
                statement.executeUpdate();
            }
            BlockedUsers.open(connection, action.userId());
            var state = Schedule.begin(connection, seq, action.userId(), Duration.ZERO, null, null);
            if (row.blocking && !action.userId().equals(row.user)) {
                // Whose it is was only what its key said: that user's line goes on.
                UserQueue.advance(connection, String.valueOf(row.user), Duration.ZERO);
            }
            Audit.note(
                    connection,
                    actor,
                    "correct",
                    subject(seq),
                    Map.of("action", action.key().toString()));
            return new CommandResult.Done(state);
        }
    }

    /**
     * Decides that an action is never to be done; its user's line goes on without it.
     *
     * @param reason why, for those who ask later
     */
    @Transactional(rollbackOn = Exception.class)
    public CommandResult discard(long seq, String reason, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var found = lock(connection, seq);
            if (found.isEmpty()) {
                return new CommandResult.Unknown();
            }
            var row = found.get();
            if (row.state == ParkedState.DISCARDED) {
                return new CommandResult.Done(row.state);
            }
            if (row.state == ParkedState.RESOLVED) {
                return refused(row, "it is resolved: its effects are there");
            }
            var first = row.blocking && (row.state == ParkedState.RETRYING || isFirst(connection, row, seq));
            try (var statement = connection.prepareStatement("""
                    UPDATE parked_action SET state = 'DISCARDED', next_attempt_at = NULL, reason = ? WHERE seq = ?""")) {
                statement.setString(1, reason);
                statement.setLong(2, seq);
                statement.executeUpdate();
            }
            if (first) {
                UserQueue.advance(connection, String.valueOf(row.user), Duration.ZERO);
            }
            Audit.note(connection, actor, "discard", subject(seq), Map.of("reason", reason));
            return new CommandResult.Done(ParkedState.DISCARDED);
        }
    }

    private static String takenAlready(Connection connection, Action<String> action) throws SQLException {
        var record = new RawRecord(action.position(), 0, null, null, List.of());
        var conflicts = IdentityConflicts.among(connection, List.of(new PublishedAction(record, action)));
        var known = "the ledger has the action " + action.key() + " already";
        return conflicts.isEmpty()
                ? known + ": discard this record"
                : known + ", from " + conflicts.get(0).first() + " and with another "
                        + conflicts.get(0).differencesInWords() + ": give this one another source or id";
    }

    /** The user's line before the row: everyone takes them in this order. */
    private static Optional<Locked> lock(Connection connection, long seq) throws SQLException {
        var before = read(connection, seq, "");
        if (before.isEmpty()) {
            return before;
        }
        var user = before.get().user;
        if (user != null) {
            BlockedUsers.lock(connection, user);
        }
        return read(connection, seq, " FOR UPDATE");
    }

    private static Optional<Locked> read(Connection connection, long seq, String lock) throws SQLException {
        try (var statement = connection.prepareStatement(
                "SELECT state, user_id, blocking, id IS NOT NULL, type FROM parked_action WHERE seq = ?" + lock)) {
            statement.setLong(1, seq);
            try (var result = statement.executeQuery()) {
                return result.next()
                        ? Optional.of(new Locked(
                                ParkedState.valueOf(result.getString(1)),
                                result.getString(2),
                                result.getBoolean(3),
                                result.getBoolean(4),
                                result.getString(5)))
                        : Optional.empty();
            }
        }
    }

    private static boolean isFirst(Connection connection, Locked row, long seq) throws SQLException {
        var head = UserQueue.head(connection, String.valueOf(row.user));
        return head != null && head.seq() == seq;
    }

    private static CommandResult refused(Locked row, String why) {
        return new CommandResult.Refused(row.state, why);
    }

    private static String subject(long seq) {
        return "failed-action/" + seq;
    }
}
