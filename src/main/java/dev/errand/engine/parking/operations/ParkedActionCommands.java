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
import dev.errand.engine.query.Sql;
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

/** Operators' commands on single parked actions: retry, correct, discard. Each command that changes something is audited. Thread-safe. */
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
     * Puts an action back on its schedule, due now. A dead action waits first if another parked action blocks its user.
     *
     * @param payload JSON that this and later attempts take instead of the original; null for no change
     * @param actor the operator, for the audit
     */
    @Transactional(rollbackOn = Exception.class)
    public CommandResult retry(long seq, @Nullable String payload, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var found = lock(connection, seq);
            if (found.isEmpty()) {
                return new CommandResult.Unknown();
            }
            var row = found.get();
            if (row.state == ParkedState.RESOLVED && payload == null) {
                return new CommandResult.Done(row.state);
            }
            var refusal = whyNotRetried(row);
            if (refusal != null) {
                return refused(row, refusal);
            }
            var state = row.state;
            if (row.state == ParkedState.RETRYING && payload == null) {
                Schedule.hasten(connection, seq);
            } else {
                var user = String.valueOf(row.user);
                BlockedUsers.open(connection, user);
                state = Schedule.begin(connection, seq, row.state, user, Duration.ZERO, payload, null);
            }
            var detail = payload == null ? Map.<String, Object>of() : Map.<String, Object>of("payload", payload);
            Audit.note(connection, actor, payload == null ? "retry" : "edit-and-retry", subject(seq), detail);
            return new CommandResult.Done(state);
        }
    }

    private static @Nullable String whyNotRetried(Locked row) {
        return switch (row.state) {
            case RESOLVED -> "it is resolved: nothing can be edited";
            case DISCARDED -> "it was discarded: publish the action again, with another id";
            case WAITING -> "it waits behind an earlier parked action of its user: retry, edit or discard that one";
            case RETRYING, DEAD -> {
                if (row.conflicting()) {
                    yield "its source and id belong to another action: correct it by giving it another source or id";
                }
                yield row.hasIdentity
                        ? null
                        : "its record can't be read: correct it by giving the action that was meant";
            }
        };
    }

    /**
     * Replaces a dead record that can't be read, or whose identity belongs to another action, by a corrected action, and puts that on
     * its schedule, due now. The published record stays stored as it is.
     *
     * @param action the corrected action, with the record's position
     * @param actor the operator, for the audit
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
                        "only a dead record that can't be read, or whose source and id belong to another action, can be"
                                + " corrected; edit the payload instead");
            }
            if (!Ledger.record(connection, List.of(action.withPayload("null"))).isEmpty()) {
                return refused(row, takenAlready(connection, action));
            }
            Ledger.markUnprocessed(connection, List.of(action.key()));
            Ledger.markCorrected(connection, action.key(), row.type);
            rewrite(connection, seq, action);
            BlockedUsers.open(connection, action.userId());
            var state = Schedule.begin(connection, seq, row.state, action.userId(), Duration.ZERO, null, null);
            if (row.blocking && !action.userId().equals(row.user)) {
                // The record blocked the user that its key names, who turns out to be another one.
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

    private static void rewrite(Connection connection, long seq, Action<String> action) throws SQLException {
        // MySQL assigns from left to right, so corrected_from gets the old type.
        Sql.of(connection, """
                UPDATE parked_action
                SET corrected = TRUE, corrected_from = type,
                    user_id = :user, source = :source, id = :id, type = :type, occurred_at = :occurred, payload = :payload
                WHERE seq = :seq""")
                .bind("user", action.userId())
                .bind("source", action.key().source())
                .bind("id", action.key().id())
                .bind("type", action.type())
                .bind("occurred", action.occurredAtUtc())
                .bind("payload", action.payload())
                .bind("seq", seq)
                .update();
    }

    /**
     * Discards an action: it is never done, and its user's later actions no longer wait for it.
     *
     * @param reason why, for those who ask later
     * @param actor the operator, for the audit
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
                return refused(row, "it is resolved: its effects are committed");
            }
            var first = row.blocking && (row.state == ParkedState.RETRYING || isFirst(connection, row, seq));
            Sql.of(connection, """
                    UPDATE parked_action SET state = :to, next_attempt_at = NULL, reason = :reason
                    WHERE seq = :seq AND state IN (:from)""")
                    .bind("to", ParkedState.Transition.DISCARD.to())
                    .bind("from", ParkedState.Transition.DISCARD.from())
                    .bind("reason", reason)
                    .bind("seq", seq)
                    .updateOne();
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

    /** Locks the user's row in {@code blocked_user} first and then the action: every transaction locks them in this order. */
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
        return Sql.of(connection, """
                SELECT state, user_id, blocking, id IS NOT NULL AS has_identity, type FROM parked_action WHERE seq = :seq""" + lock)
                .bind("seq", seq)
                .first(row -> new Locked(
                        ParkedState.valueOf(row.getString("state")),
                        row.getString("user_id"),
                        row.getBoolean("blocking"),
                        row.getBoolean("has_identity"),
                        row.getString("type")));
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
