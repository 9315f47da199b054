package dev.errand.status;

import io.smallrye.reactive.messaging.ChannelRegistry;
import io.smallrye.reactive.messaging.PausableChannel;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;

/**
 * Pauses and resumes this process's channels of user actions. By the connector's {@link PausableChannel}, which stops asking
 * for records: pausing Kafka's consumer by hand would undo, and be undone by, the back-pressure's own pause. Thread-safe.
 */
@Singleton
final class IntakeValve {

    private static final String CHANNEL = "user-actions";

    private final ChannelRegistry channels;

    @Inject
    IntakeValve(ChannelRegistry channels) {
        this.channels = channels;
    }

    /** Brings all channels to this state, those too that came later. */
    void set(boolean paused) {
        for (var channel : channels()) {
            if (paused && !channel.isPaused()) {
                channel.pause();
            } else if (!paused && channel.isPaused()) {
                channel.resume();
            }
        }
    }

    /** Whether all channels have stopped. */
    boolean isPaused() {
        var all = channels();
        return !all.isEmpty() && all.stream().allMatch(PausableChannel::isPaused);
    }

    /** Whether there are any: a process may be there for API and console only. */
    boolean isThere() {
        return !channels().isEmpty();
    }

    /** One for each of {@code errand.consumers}, with a number behind the name where there are several. */
    private List<PausableChannel> channels() {
        return channels.getIncomingNames().stream()
                .filter(name -> name.equals(CHANNEL) || name.startsWith(CHANNEL + "$"))
                .map(channels::getPausable)
                .filter(Objects::nonNull)
                .toList();
    }
}
