package dev.errand.work;

import dev.errand.work.WorkObserver.Again;
import java.time.Duration;

/** What went wrong with the same unit of work in a row, and what follows; see ADR 4. For one thread. */
final class Trouble {

    /** Conflicts in a row before a batch is taken apart, lest one action's conflict hold up the others for ever. */
    private static final int CONFLICTS = 5;

    /** Holds before it is asked whether the database is away at all. */
    private static final int HOLDS_ON_SUSPICION = 2;

    private static final Duration LONGEST_HOLD = Duration.ofSeconds(2);

    /** What is to be done about it. */
    enum Remedy {
        /** The same again: it has waited already where that was needed. */
        AGAIN,
        /** No action is guilty, but the database works for others: those are not to wait for these. */
        APART,
        /** An action is guilty. */
        BLAME
    }

    private final BatchRun.Unit unit;
    private final Observed observed;
    private final BatchLog log;
    private final Pause pause;
    private int conflicts;
    private int holds;

    Trouble(BatchRun.Unit unit, Observed observed, BatchLog log, Pause pause) {
        this.unit = unit;
        this.observed = observed;
        this.log = log;
        this.pause = pause;
    }

    /** Waits where the trouble is nobody's fault and may be over then. */
    Remedy remedy(Throwable e) {
        var verdict = Verdicts.of(e);
        if (verdict == Verdict.HOLD ? mustHold(e) : Verdicts.isTimeout(e) && !unit.databaseWorks()) {
            observed.tell(observer -> observer.again(Again.OUTAGE));
            hold(e);
            return Remedy.AGAIN;
        }
        if (verdict == Verdict.CONFLICT && ++conflicts < CONFLICTS) {
            observed.tell(observer -> observer.again(Again.CONFLICT));
            pause.pause(Backoff.after(conflicts));
            return Remedy.AGAIN;
        }
        return Verdicts.isOfServer(e) ? Remedy.APART : Remedy.BLAME;
    }

    /** One handler's own trouble with a table, a lock or another database must not look like an outage for ever. */
    private boolean mustHold(Throwable e) {
        // What took all of its time would do so again: then it is asked at once.
        var suspicious = holds < HOLDS_ON_SUSPICION && !(e instanceof NoActionsFault own && own.timedOut());
        return e instanceof DatabaseAway || suspicious || Verdicts.isFull(e) || !unit.databaseWorks();
    }

    private void hold(Throwable e) {
        if (++holds == HOLDS_ON_SUSPICION) {
            log.holding(e);
        }
        var wait = Backoff.after(holds);
        pause.pause(wait.compareTo(LONGEST_HOLD) < 0 ? wait : LONGEST_HOLD);
    }
}
