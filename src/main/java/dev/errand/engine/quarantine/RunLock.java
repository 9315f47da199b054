package dev.errand.engine.quarantine;

import dev.errand.engine.liveness.ThreadHeartbeat;
import jakarta.inject.Singleton;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets actions run shared with others, or exclusively in this process. An action that may kill the process runs exclusively, so that
 * no other action is blamed for it. The lock is fair, so that neither kind waits for ever. Thread-safe.
 */
@Singleton
public final class RunLock {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** The lock is held until this is closed, by the same thread. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes the lock for a shared run. Waits while another thread has it exclusively, or waits for that.
     *
     * @param heartbeat the heartbeat of this thread, which rests during the wait
     */
    public Held shared(ThreadHeartbeat heartbeat) {
        return hold(lock.readLock(), heartbeat);
    }

    /**
     * Takes the lock for an exclusive run. Waits until nothing else runs, which takes at most the time of a transaction unless
     * something hangs.
     *
     * @param heartbeat the heartbeat of this thread, which rests during the wait
     */
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
