package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
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
public record ParkedActionFilter(
        @Nullable ParkedState state,
        @Nullable String type,
        @Nullable String userId,
        @Nullable String errorClass,
        @Nullable Instant from,
        @Nullable Instant to) {

    /** As the database has times. */
    public @Nullable LocalDateTime fromUtc() {
        return utc(from);
    }

    /** As the database has times. */
    public @Nullable LocalDateTime toUtc() {
        return utc(to);
    }

    public static @Nullable LocalDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
