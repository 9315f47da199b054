package dev.errand.engine.transaction;

import dev.errand.engine.error.DatabaseUnavailableException;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.ErrorKind;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.error.TransactionTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a unit of work, by which its failure or timeout is classified. The worker's thread changes it, the watchdog's
 * threads read it and record the timeout. Thread-safe for that use.
 */
public final class TransactionProgress {

    private static final int NONE = -1;

    private final Duration timeout;
    private volatile boolean inHandlers;
    private volatile int index = NONE;
    private volatile long connection = NONE;

    /** The progress at the timeout; null before. */
    private volatile @Nullable TimeUp timeUp;

    private volatile @Nullable String waitedFor;

    private record TimeUp(boolean inHandlers, int index) {}

    TransactionProgress(Duration timeout) {
        this.timeout = timeout;
    }

    /** @param id MySQL's id of the unit of work's connection */
    public void connected(long id) {
        connection = id;
    }

    /** MySQL's id of the unit of work's connection; -1 before it has one. */
    public long connection() {
        return connection;
    }

    /** Says that from now on handlers run, or their changes in the Session are flushed. */
    public void handlersBegin() {
        inHandlers = true;
    }

    public void handlersEnded() {
        inHandlers = false;
    }

    /** Says that a handler runs now, for the record with this index in the batch. */
    public void handling(int ofRecord) {
        index = ofRecord;
    }

    /** Says that no handler runs now. */
    public void handled() {
        index = NONE;
    }

    /** Records the progress at the timeout. Called by the watchdog before it interrupts the thread. */
    void timeIsUp() {
        timeUp = new TimeUp(inHandlers, index);
    }

    /** @param state MySQL's state of the statement; null if it waited for nothing outside its transaction */
    void waitedFor(@Nullable String state) {
        waitedFor = state;
    }

    /** The exception that the unit of work ends with: one that says whether handlers or the infrastructure caused the failure. */
    Exception judged(Exception e) {
        var late = timeUp;
        if (late != null) {
            return judgedLate(e, late);
        }
        if (inHandlers
                || e instanceof HandlerException
                || e instanceof InfrastructureException
                || e instanceof DatabaseUnavailableException) {
            return e;
        }
        var verdict = ErrorClassifier.of(e);
        // An exception of the transaction manager itself may come from a handler that marked it for rollback.
        return verdict == ErrorKind.UNAVAILABLE || (verdict == ErrorKind.CONFLICT && ErrorClassifier.isOfMySql(e))
                ? InfrastructureException.outsideHandlers(e)
                : e;
    }

    private Exception judgedLate(Exception e, TimeUp late) {
        var reason = waitedFor;
        if (reason != null) {
            return InfrastructureException.lockWait(reason, late.index, e);
        }
        if (!late.inHandlers) {
            return InfrastructureException.late(e);
        }
        return new TransactionTimeoutException(
                new TimeoutException("the transaction's time of " + timeout + " was up while handlers ran"), e);
    }
}
