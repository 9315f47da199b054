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
 * How far a unit of work is, so that afterwards it is known what was going on when it failed or when its time was up. Changed by
 * the thread that works, and read by the one that watches over it.
 */
public final class TransactionProgress {

    private static final int NONE = -1;

    private final Duration timeout;
    private volatile boolean inHandlers;
    private volatile int index = NONE;
    private volatile long connection = NONE;

    /** As it was when time was up. */
    private volatile @Nullable TimeUp timeUp;

    private volatile @Nullable String waitedFor;

    private record TimeUp(boolean inHandlers, int index) {}

    TransactionProgress(Duration timeout) {
        this.timeout = timeout;
    }

    /** @param id of the connection it has now */
    public void connected(long id) {
        connection = id;
    }

    /** Of its connection; -1 before it has one. */
    public long connection() {
        return connection;
    }

    /** From now on handlers run, or what they left in the Session is written. */
    public void handlersBegin() {
        inHandlers = true;
    }

    public void handlersEnded() {
        inHandlers = false;
    }

    /** A delivery's handler runs. */
    public void handling(int ofDelivery) {
        index = ofDelivery;
    }

    /** None runs any more. */
    public void handled() {
        index = NONE;
    }

    /** By the watching thread, before it does anything about it. */
    void timeIsUp() {
        timeUp = new TimeUp(inHandlers, index);
    }

    /** @param state in MySQL's words; null where it waited for nobody */
    void waitedFor(@Nullable String state) {
        waitedFor = state;
    }

    /** What it ended with, and whose fault that is. */
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
        // The transaction manager's own words may be a handler's doing, which told it to roll back.
        return verdict == ErrorKind.HOLD || (verdict == ErrorKind.CONFLICT && ErrorClassifier.isOfMySql(e))
                ? InfrastructureException.outsideHandlers(e)
                : e;
    }

    private Exception judgedLate(Exception e, TimeUp late) {
        var reason = waitedFor;
        if (reason != null) {
            return InfrastructureException.blocked(reason, late.index, e);
        }
        if (!late.inHandlers) {
            return InfrastructureException.late(e);
        }
        return new TransactionTimeoutException(
                new TimeoutException("the transaction's time of " + timeout + " was up while handlers ran"), e);
    }
}
