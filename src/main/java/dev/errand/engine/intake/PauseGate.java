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
 * Pauses and resumes this process's channels of user actions. By the connector's {@link PausableChannel}, which stops asking
 * for records: pausing Kafka's consumer by hand would undo, and be undone by, the back-pressure's own pause. What a channel
 * had asked for before is held at the valve, so that nothing is taken while it is closed. Thread-safe.
 */
@Singleton
public class PauseGate {

    private static final String CHANNEL = "user-actions";

    private final ChannelRegistry channels;

    /** Closed until the switch is known: a process that starts during a pause takes nothing. */
    private CompletableFuture<Void> opened = new CompletableFuture<>();

    @Inject
    PauseGate(ChannelRegistry channels) {
        this.channels = channels;
    }

    /** Opens or closes it, also for channels that came since. */
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
        // Outside the lock: what is held is admitted at once, by this thread.
        if (freed != null) {
            freed.complete(null);
        }
    }

    /** @return completed when records may be admitted */
    synchronized CompletionStage<Void> opened() {
        return opened;
    }

    /** Whether it is closed. */
    public synchronized boolean isPaused() {
        return !opened.isDone();
    }

    /** Whether this process takes actions at all: it may be there for API and console only. */
    public boolean isThere() {
        return !channels().isEmpty();
    }

    /** Whether a channel is one of user actions. */
    static boolean isOne(String channel) {
        return channel.equals(CHANNEL) || channel.startsWith(CHANNEL + "$");
    }

    /** One for each of {@code errand.consumers}, with a number behind the name where there are several. */
    private List<PausableChannel> channels() {
        return channels.getIncomingNames().stream()
                .filter(PauseGate::isOne)
                .map(channels::getPausable)
                .filter(Objects::nonNull)
                .toList();
    }
}
