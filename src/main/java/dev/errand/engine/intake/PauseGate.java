package dev.errand.engine.intake;

import io.smallrye.reactive.messaging.ChannelRegistry;
import io.smallrye.reactive.messaging.PausableChannel;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Pauses and resumes this process's channels of user actions by the connector's {@link PausableChannel}, which stops requesting
 * records. (Pausing Kafka's consumer directly would interfere with the pauses of back-pressure.) Records that a channel requested
 * before wait at this gate until it opens. Thread-safe.
 */
@Singleton
public class PauseGate {

    private static final String CHANNEL = "user-actions";

    private final ChannelRegistry channels;

    /** Closed until the first call of {@link #set}, so that a process that starts during a pause takes no actions. */
    private CompletableFuture<Void> opened = new CompletableFuture<>();

    @Inject
    PauseGate(ChannelRegistry channels) {
        this.channels = channels;
    }

    /** Closes or opens the gate, and pauses or resumes all channels, including those created since the last call. */
    public void set(boolean paused) {
        for (var channel : channels()) {
            if (paused && !channel.isPaused()) {
                channel.pause();
            } else if (!paused && channel.isPaused()) {
                channel.resume();
            }
        }
        CompletableFuture<Void> freed = null;
        synchronized (this) {
            if (paused && opened.isDone()) {
                opened = new CompletableFuture<>();
            } else if (!paused) {
                freed = opened;
            }
        }
        // Outside the lock, because this thread then admits the waiting records at once.
        if (freed != null) {
            freed.complete(null);
        }
    }

    /** @return completed when records may be admitted */
    synchronized CompletionStage<Void> opened() {
        return opened;
    }

    /** Returns whether the gate is closed. */
    public synchronized boolean isPaused() {
        return !opened.isDone();
    }

    /** Returns whether this process takes actions at all, rather than serving API and console only. */
    public boolean isThere() {
        return !channels().isEmpty();
    }

    /** Returns whether this is the name of a channel of user actions. */
    static boolean isOne(String channel) {
        return channel.equals(CHANNEL) || channel.startsWith(CHANNEL + "$");
    }

    /** Returns one channel for each of {@code errand.consumers}; if there are several, their names end with a number. */
    private List<PausableChannel> channels() {
        return channels.getIncomingNames().stream()
                .filter(PauseGate::isOne)
                .map(channels::getPausable)
                .filter(Objects::nonNull)
                .toList();
    }
}
