package dev.errand.engine.intake;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Warns once if a user's records have no keys and lie in several partitions. Kafka keeps the order only within a partition, so the
 * order of such a user's actions is unknown. Remembers at most 4096 users. Thread-safe.
 */
@Singleton
final class KeylessUsers {

    private static final Logger LOG = Logger.getLogger(KeylessUsers.class);
    private static final int REMEMBERED = 4096;
    private static final int LONGEST = 64;

    private final AtomicReferenceArray<@Nullable Seen> seen = new AtomicReferenceArray<>(REMEMBERED);
    private final AtomicBoolean warned = new AtomicBoolean();

    private record Seen(String user, TopicPartition at) {}

    /** @param user empty if the record names no user */
    void saw(String user, TopicPartition at) {
        if (!warned.get()) {
            elsewhere(user, at)
                    .filter(other -> warned.compareAndSet(false, true))
                    .ifPresent(other -> LOG.warnf(
                            "A user's actions have no keys and lie in several partitions (%s and %s): Kafka keeps no order"
                                    + " among them, and they are done in any order. Publish the user id as the record's key",
                            other, at));
        }
    }

    /** Returns another partition of the topic in which the last remembered record of this user was. */
    Optional<TopicPartition> elsewhere(String user, TopicPartition at) {
        if (user.isEmpty() || user.length() > LONGEST) {
            return Optional.empty();
        }
        var before = seen.getAndSet(Math.floorMod(user.hashCode(), REMEMBERED), new Seen(user, at));
        return before != null
                        && before.user.equals(user)
                        && before.at.topic().equals(at.topic())
                        && before.at.partition() != at.partition()
                ? Optional.of(before.at)
                : Optional.empty();
    }
}
