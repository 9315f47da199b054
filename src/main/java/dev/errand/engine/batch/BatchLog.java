package dev.errand.engine.batch;

import dev.errand.action.RecordPosition;
import dev.errand.engine.error.CauseLog;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.logging.Ordinal;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.logging.RateLimitedLog.Kind;
import dev.errand.engine.logging.RecordMdc;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * The log lines of batches, at a limited rate, so that a storm of failures does not become a storm of log lines. No line names the
 * user, the payload, or an exception's message, which may quote the payload; {@code parked_action} has all of that, and at level DEBUG
 * so has the log if no type is masked. Thread-safe.
 */
public final class BatchLog {

    private static final Logger LOG = Logger.getLogger(BatchLog.class);

    private final RateLimitedLog limited;
    private final CauseLog causes;

    public BatchLog(RateLimitedLog limited, CauseLog causes) {
        this.limited = limited;
        this.causes = causes;
    }

    /** @param reason may quote what was published */
    void unreadable(RecordPosition record, String reason) {
        RecordMdc.at(record, () -> {
            limited.log(
                    kind(Level.WARN, "record", "that can't be read"),
                    () -> LOG.warnf("The record at %s can't be read and is parked as dead", record));
            causes.tell(LOG, reason);
        });
    }

    /** @param parked whether the action has used up its attempts in memory and is parked */
    void failed(InFlightRecord record, Throwable cause, boolean parked) {
        RecordMdc.at(record.position(), () -> {
            if (parked) {
                var error = ErrorClassifier.guilty(cause).getClass().getName();
                limited.log(
                        kind(Level.WARN, "action", "of type " + typeOf(record) + " failed with " + error),
                        () -> LOG.warnf(
                                "The action at %s failed for the %s time with %s and is parked",
                                record.position(), Ordinal.of(record.failures().size()), error));
            }
            causes.tell(LOG, cause);
        });
    }

    private static String typeOf(InFlightRecord record) {
        return record.decoded() instanceof DecodedRecord.ReadableRecord readable
                ? readable.action().type()
                : "unknown";
    }

    void notKept(InFlightRecord record, Exception cause) {
        RecordMdc.at(record.position(), () -> {
            var why = ErrorClassifier.inShort(cause);
            limited.log(
                    kind(Level.ERROR, "action", "that can't be parked for now (" + why + ")"),
                    () -> LOG.errorf("The action at %s can't be parked for now: %s", record.position(), why));
            causes.tell(LOG, cause);
        });
    }

    void abandoned(AbandonedException why) {
        LOG.debugf("A unit of work did nothing: %s", why.getMessage());
    }

    void conflicting(List<IdentityConflict> conflicts) {
        for (var conflict : conflicts) {
            var action = conflict.action();
            var differs = conflict.differencesInWords();
            RecordMdc.at(
                    action.position(),
                    () -> limited.log(
                            kind(
                                    Level.WARN,
                                    "action",
                                    "of type " + action.type() + " with an earlier one's source and id"),
                            () -> LOG.warnf(
                                    "The action at %s has the source and id of the action at %s, but another %s: it is"
                                            + " parked as dead. Let each publisher set a source of its own",
                                    action.position(), conflict.first(), differs)));
        }
    }

    void postponed(InFlightRecord record, Throwable why) {
        RecordMdc.at(record.position(), () -> {
            var error = ErrorClassifier.inShort(why);
            limited.log(
                    kind(
                            Level.WARN,
                            "action",
                            "of type " + typeOf(record) + " that can't be done for now (" + error + ")"),
                    () -> LOG.warnf(
                            "The action at %s can't be done for now and is not at fault: %s (%s). Only its user's"
                                    + " actions wait",
                            record.position(), why.getMessage(), error));
            causes.tell(LOG, why);
        });
    }

    void holding(Throwable cause) {
        var why = ErrorClassifier.inShort(cause);
        limited.log(
                kind(Level.WARN, "batch", "that had to wait for the database (" + why + ")"),
                () -> LOG.warnf("The database does not work: waiting until it does (%s)", why));
        causes.tell(LOG, cause);
    }

    private static Kind kind(Level level, String thing, String what) {
        return new Kind(BatchLog.class, level, thing, what);
    }
}
