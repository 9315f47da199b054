package dev.errand.engine.error;

import dev.errand.handler.NonRetryableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.hibernate.StaleStateException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies exceptions by the MySQL error codes (see the MySQL 8.0 Error Reference) and SQL states of all their causes and
 * suppressed exceptions. Stateless and thread-safe.
 */
public final class ErrorClassifier {

    /**
     * Deadlock; lock wait timeout; NOWAIT on a locked row; too many transactions; a savepoint that is gone because the transaction
     * is; a record changed since it was read; a statement that was interrupted or ran out of time; a changed table definition; a
     * statement that must be prepared again; an aborted wait for a lock; NDB's temporary errors; deadlock and timeout of locking
     * functions; a rollback during COMMIT by group replication, because of another transaction on the same rows; a rollback by XA.
     */
    private static final Set<Integer> CONFLICTS = Set.of(
            1213, 1205, 3572, 1637, 1305, 1020, 1317, 3024, 1412, 1615, 1689, 1297, 3058, 3132, 3133, 3101, 1613, 1614);

    /**
     * Too many connections, of a user or in all; a blocked host; a shutdown; a connection that was idle too long, killed, gone or
     * lost; a server that is offline or not available; a connection ended because connections took too much memory; a proxy
     * (ProxySQL) that reaches no server.
     */
    private static final Set<Integer> AWAY = Set.of(
            1040, 1203, 1226, 1129, 1130, 1053, 4031, 1927, 3169, 2006, 2013, 1042, 1043, 1152, 3032, 3168, 4081, 4082,
            9001);

    /** Read-only by option, mode, transaction, lock or engine, or because it is a secondary, as in a failover or a backup. */
    private static final Set<Integer> READ_ONLY = Set.of(1290, 1836, 1792, 1223, 1874, 1036, 1881, 4049, 4094);

    /**
     * Credentials that are refused, expired or locked; a database, table, column, view or definer that does not exist or is not
     * granted; a missing privilege; a password that must be changed; required TLS; a binlog format that allows no writes to InnoDB
     * at READ COMMITTED; text that reaches a JSON column with the binary character set, because of the server's settings (3144); a
     * table that a plugin such as group replication refuses (3098).
     */
    private static final Set<Integer> MISCONFIGURED = Set.of(
            1044, 1045, 1049, 1142, 1143, 1146, 1054, 1698, 1820, 1862, 3118, 3955, 1227, 1356, 1370, 1449, 1046, 3159,
            1661, 1662, 1663, 1664, 1665, 1666, 3144, 3098);

    /** A full disk or table; a server without memory. */
    private static final Set<Integer> FULL = Set.of(1021, 1114, 1041, 1037);

    /**
     * Errors that are the server's, or its settings', even if a handler asks much of it; no action becomes dead because of them: files
     * that can't be locked, opened, found, read, renamed, written or sorted; errors of a storage engine's disk (1030, 1296, 1810,
     * 1811) or of the engine itself (1815, 3015, 3019); a failing COMMIT, ROLLBACK or binlog (1180 to 1182, 1197, 1534, 1598);
     * crashed, corrupt, outdated or discarded tables and indexes (1033 to 1035, 1194, 1195, 1459, 1707, 1712, 1808, 1812, 1814, 1817,
     * 1877, 3000); a lock table that is full (1206) and temporary files that can't be written (1878); replication hooks (3092 to 3097,
     * 3100, 3796 to 3799); missing encryption keys (3185). MySQL writes errors from 10000 on to its log and never sends them to a
     * client.
     */
    private static final Set<Integer> BROKEN = Set.of(
            1015, 1016, 1017, 1018, 1019, 1023, 1024, 1025, 1026, 1028, 1030, 1033, 1034, 1035, 1038, 1180, 1181, 1182,
            1194, 1195, 1197, 1206, 1296, 1459, 1534, 1598, 1707, 1712, 1808, 1810, 1811, 1812, 1814, 1815, 1817, 1877,
            1878, 3000, 3015, 3019, 3092, 3093, 3094, 3095, 3096, 3097, 3100, 3185, 3796, 3797, 3798, 3799);

    /** The packet is too large. Its SQL state 08S01 means a connection failure, but the action is at fault. */
    private static final int PACKET_TOO_LARGE = 1153;

    /**
     * Violations of NOT NULL, default, length, foreign key, CHECK, JSON and range. A duplicate key is not among them, because the
     * other row may be gone at the next attempt.
     */
    private static final Set<Integer> DATA =
            Set.of(1048, 1364, 1406, 1451, 1452, 3819, 3140, 3141, 3157, 1264, 1366, 3903, 1265);

    private static final Pattern PERSISTENCE =
            Pattern.compile("(org\\.hibernate|jakarta\\.(persistence|transaction))\\.");

    /** The beginnings of Agroal's own messages. */
    private static final Pattern POOL = Pattern.compile(
            "Sorry, acquisition timeout|Acquisition timeout|This pool is|Can't create new connection|Exception while"
                    + " creating new connection|Interrupted while acquiring");

    private ErrorClassifier() {}

    /** Returns the failure to record for an exception: of the handler's own exception, not of the one that wraps it. */
    public static Failure failure(Throwable thrown, Instant at) {
        return Failure.of(guilty(thrown), of(thrown) == ErrorKind.PERMANENT_FAULT, at);
    }

    /** Returns the handler's own exception if Errand has wrapped it, and otherwise the exception itself. */
    public static Throwable guilty(Throwable thrown) {
        return (thrown instanceof HandlerException || thrown instanceof TransactionTimeoutException)
                        && thrown.getCause() != null
                ? thrown.getCause()
                : thrown;
    }

    /**
     * Describes an exception for the log without its message, since databases and JSON parsers quote private data in theirs. Kafka's
     * messages don't, and neither does MySQL's message about too large a packet, which names two sizes and what to do.
     */
    public static String inShort(Throwable thrown) {
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql && isPacketTooLarge(sql)) {
                return String.valueOf(sql.getMessage());
            }
        }
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql) {
                return sql.getClass().getName() + ", error " + sql.getErrorCode() + ", SQL state " + sql.getSQLState();
            }
        }
        return thrown instanceof KafkaException
                ? thrown.toString()
                : guilty(thrown).getClass().getName();
    }

    /** Classifies an exception that ended a unit of work or a handler's run. */
    public static ErrorKind of(Throwable thrown) {
        if (thrown instanceof TransactionTimeoutException) {
            // Any other error in it follows from the timeout.
            return ErrorKind.FAULT;
        }
        if (thrown instanceof InfrastructureException own && own.timedOut()) {
            return ErrorKind.UNAVAILABLE;
        }
        ErrorKind verdict = null;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var toSee = new ArrayDeque<Throwable>();
        toSee.add(thrown);
        while (!toSee.isEmpty()) {
            var next = toSee.remove();
            if (seen.add(next)) {
                verdict = graver(verdict, ofOne(next));
                addIfPresent(toSee, next.getCause());
                Collections.addAll(toSee, next.getSuppressed());
                if (next instanceof SQLException sql) {
                    addIfPresent(toSee, sql.getNextException());
                }
            }
        }
        return verdict == null ? ErrorKind.FAULT : verdict;
    }

    /** Returns whether a disk or table is full or the server has no memory, which a probe of the database need not show. */
    public static boolean isFull(Throwable thrown) {
        return hasCode(thrown, FULL);
    }

    /** Returns whether the server is certainly at fault, perhaps with one table only: no action is ever blamed for it. */
    public static boolean isOfServer(Throwable thrown) {
        return thrown instanceof InfrastructureException || hasCode(thrown, BROKEN) || isFull(thrown);
    }

    /** Returns whether the server refuses writes: its connections should be closed, because it may be the former primary. */
    public static boolean isReadOnly(SQLException thrown) {
        return READ_ONLY.contains(thrown.getErrorCode());
    }

    /** Returns whether MySQL itself, and not only the transaction manager, reports why nothing was committed. */
    public static boolean isOfMySql(Throwable thrown) {
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof SQLException) {
                return true;
            }
            for (var suppressed : next.getSuppressed()) {
                if (suppressed != next && isOfMySql(suppressed)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether a handler, or the unit of work while handlers ran, took too long. */
    public static boolean isTimeout(Throwable thrown) {
        return guilty(thrown) instanceof TimeoutException;
    }

    private static boolean hasCode(Throwable thrown, Set<Integer> codes) {
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql && codes.contains(sql.getErrorCode())) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a persistence exception is among the causes: it may come from changes that other handlers left in the Session. */
    public static boolean isOfPersistence(Throwable thrown) {
        for (Throwable next = thrown; next != null; next = next.getCause()) {
            if (next instanceof NonRetryableException) {
                return false;
            }
            var name = next.getClass().getName();
            if (next instanceof SQLException || PERSISTENCE.matcher(name).lookingAt()) {
                return true;
            }
        }
        return false;
    }

    private static void addIfPresent(ArrayDeque<Throwable> toSee, @Nullable Throwable thrown) {
        if (thrown != null) {
            toSee.add(thrown);
        }
    }

    /** An outage explains any other error, and a conflict explains any error but an outage. */
    private static @Nullable ErrorKind graver(@Nullable ErrorKind one, @Nullable ErrorKind other) {
        if (one == ErrorKind.UNAVAILABLE || other == ErrorKind.UNAVAILABLE) {
            return ErrorKind.UNAVAILABLE;
        }
        if (one == ErrorKind.CONFLICT || other == ErrorKind.CONFLICT) {
            return ErrorKind.CONFLICT;
        }
        return one == null ? other : one;
    }

    private static @Nullable ErrorKind ofOne(Throwable thrown) {
        if (thrown instanceof DatabaseUnavailableException) {
            return ErrorKind.UNAVAILABLE;
        }
        if (thrown instanceof NonRetryableException) {
            return ErrorKind.PERMANENT_FAULT;
        }
        if (thrown instanceof SQLException sql) {
            return ofSql(sql);
        }
        if (thrown instanceof StaleStateException) {
            return ErrorKind.CONFLICT;
        }
        // After a failed COMMIT Narayana reports "rolled back", which may be untrue: only the ledger shows the outcome.
        if (thrown.getClass().getName().startsWith("jakarta.transaction.")) {
            return ErrorKind.CONFLICT;
        }
        return null;
    }

    private static @Nullable ErrorKind ofSql(SQLException sql) {
        int code = sql.getErrorCode();
        if (isPacketTooLarge(sql)) {
            return ErrorKind.PERMANENT_FAULT;
        }
        if (CONFLICTS.contains(code)) {
            return ErrorKind.CONFLICT;
        }
        if (AWAY.contains(code)
                || READ_ONLY.contains(code)
                || MISCONFIGURED.contains(code)
                || FULL.contains(code)
                || BROKEN.contains(code)) {
            return ErrorKind.UNAVAILABLE;
        }
        var state = sql.getSQLState() == null ? "" : sql.getSQLState();
        if (state.startsWith("08") || sql instanceof SQLTransientConnectionException || isPoolExhausted(sql)) {
            return ErrorKind.UNAVAILABLE;
        }
        if (DATA.contains(code) || state.startsWith("22")) {
            return ErrorKind.PERMANENT_FAULT;
        }
        return state.startsWith("40") ? ErrorKind.CONFLICT : null;
    }

    private static boolean isPacketTooLarge(SQLException sql) {
        return sql.getErrorCode() == PACKET_TOO_LARGE
                || sql.getClass().getSimpleName().equals("PacketTooBigException");
    }

    /** Recognizes Agroal's own exceptions by their messages, since they have neither error code nor SQL state. */
    private static boolean isPoolExhausted(SQLException sql) {
        var message = sql.getMessage() == null ? "" : sql.getMessage();
        return sql.getErrorCode() == 0 && POOL.matcher(message).lookingAt();
    }
}
