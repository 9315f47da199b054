package dev.errand.engine.intake;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Warns, once, where a user's records have no keys and lie in several partitions: Kafka keeps an order in each of them only,
 * so that nobody can tell which of the user's actions comes first. Remembers some thousand users. Thread-safe.
 */
@Singleton
final class KeylessUsers {

    private static final Logger LOG = Logger.getLogger(KeylessUsers.class);
    private static final int REMEMBERED = 4096;
    private static final int LONGEST = 64;

    private final AtomicReferenceArray<@Nullable Seen> seen = new AtomicReferenceArray<>(REMEMBERED);
    private final AtomicBoolean told = new AtomicBoolean();

    private record Seen(String user, TopicPartition at) {}

    /** @param user empty where nobody's */
    void saw(String user, TopicPartition at) {
        if (!told.get()) {
            elsewhere(user, at)
                    .filter(other -> told.compareAndSet(false, true))
                    .ifPresent(other -> LOG.warnf(
                            "A user's actions come without keys and lie in several partitions (%s and %s): they have no order,"
                                    + " and are done in any. Publish the user id as the record's key",
                            other, at));
        }
    }

    /** Another partition of the topic that has had a record of this user's. */
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
