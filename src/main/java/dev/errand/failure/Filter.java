package dev.errand.failure;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Which failed actions are meant; what is null does not matter.
 *
 * @param from when it failed first, at the earliest
 * @param to when it failed first, before this
 */
public record Filter(
        @Nullable FailedState state,
        @Nullable String type,
        @Nullable String userId,
        @Nullable String errorClass,
        @Nullable Instant from,
        @Nullable Instant to) {

    /** As the database has times. */
    @Nullable
    LocalDateTime fromUtc() {
        return utc(from);
    }

    /** As the database has times. */
    @Nullable
    LocalDateTime toUtc() {
        return utc(to);
    }

    static @Nullable LocalDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
