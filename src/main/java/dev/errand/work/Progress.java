package dev.errand.work;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How far a unit of work is, so that afterwards it is known what was going on when it failed or when its time was up. Changed by
 * the thread that works, and read by the one that watches over it.
 */
final class Progress {

    private static final int NONE = -1;

    private final Duration timeout;
    private volatile boolean inHandlers;
    private volatile int position = NONE;
    private volatile long connection = NONE;

    /** As it was when time was up. */
    private volatile @Nullable TimeUp timeUp;

    private volatile @Nullable String waitedFor;

    private record TimeUp(boolean inHandlers, int position) {}

    Progress(Duration timeout) {
        this.timeout = timeout;
    }

    /** @param id of the connection it has now */
    void connected(long id) {
        connection = id;
    }

    /** Of its connection; -1 before it has one. */
    long connection() {
        return connection;
    }

    /** From now on handlers run, or what they left in the Session is written. */
    void handlersBegin() {
        inHandlers = true;
    }

    void handlersEnded() {
        inHandlers = false;
    }

    /** A delivery's handler runs. */
    void handling(int ofDelivery) {
        position = ofDelivery;
    }

    /** None runs any more. */
    void handled() {
        position = NONE;
    }

    /** By the watching thread, before it does anything about it. */
    void timeIsUp() {
        timeUp = new TimeUp(inHandlers, position);
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
        if (inHandlers || e instanceof HandlerFailed || e instanceof NoActionsFault || e instanceof DatabaseAway) {
            return e;
        }
        var verdict = Verdicts.of(e);
        // The transaction manager's own words may be a handler's doing, which told it to roll back.
        return verdict == Verdict.HOLD || (verdict == Verdict.CONFLICT && Verdicts.isOfMySql(e))
                ? NoActionsFault.outsideHandlers(e)
                : e;
    }

    private Exception judgedLate(Exception e, TimeUp late) {
        var reason = waitedFor;
        if (reason != null) {
            return NoActionsFault.blocked(reason, late.position, e);
        }
        if (!late.inHandlers) {
            return NoActionsFault.late(e);
        }
        return new TimedOut(
                new TimeoutException("the transaction's time of " + timeout + " was up while handlers ran"), e);
    }
}
