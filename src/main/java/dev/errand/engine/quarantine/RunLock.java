package dev.errand.engine.quarantine;

import dev.errand.engine.liveness.ThreadHeartbeat;
import jakarta.inject.Singleton;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Whether a run of actions shares this process with others or has it for itself. What may end the process runs by itself, so that
 * no other action is blamed for it. Fair, so that neither kind waits for ever. Thread-safe.
 */
@Singleton
public final class RunLock {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** Until it is closed, by the same thread. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits while an exclusive run is under way or is waited for.
     *
     * @param heartbeat of this thread, which is not stuck meanwhile
     */
    public Held shared(ThreadHeartbeat heartbeat) {
        return hold(lock.readLock(), heartbeat);
    }

    /** Waits until nothing else runs: a transaction's time at most, unless something hangs. */
    public Held exclusive(ThreadHeartbeat heartbeat) {
        return hold(lock.writeLock(), heartbeat);
    }

    private static Held hold(Lock wanted, ThreadHeartbeat heartbeat) {
        heartbeat.rest();
        wanted.lock();
        heartbeat.beat();
        return wanted::unlock;
    }
}
