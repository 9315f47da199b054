package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Selects parked actions; a field that is null selects all.
 *
 * @param from selects actions that failed first at this time or later
 * @param to selects actions that failed first before this time
 */
public record ParkedActionFilter(
        @Nullable ParkedState state,
        @Nullable String type,
        @Nullable String userId,
        @Nullable String errorClass,
        @Nullable Instant from,
        @Nullable Instant to) {

    /** Returns {@link #from} as the DATETIME columns store it: in UTC, without a zone. */
    public @Nullable LocalDateTime fromUtc() {
        return utc(from);
    }

    /** Returns {@link #to} as the DATETIME columns store it: in UTC, without a zone. */
    public @Nullable LocalDateTime toUtc() {
        return utc(to);
    }

    public static @Nullable LocalDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
