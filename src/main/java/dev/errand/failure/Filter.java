package dev.errand.failure;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
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

    public Filter withState(FailedState other) {
        return new Filter(other, type, userId, errorClass, from, to);
    }

    /** Conditions of a query and what they compare with. */
    Conditions conditions() {
        var conditions = new Conditions();
        conditions.add("state = ?", state == null ? null : state.name());
        conditions.add("type = ?", type);
        conditions.add("user_id = ?", userId);
        conditions.add("error_class = ?", errorClass);
        conditions.add("failed_at >= ?", utc(from));
        conditions.add("failed_at < ?", utc(to));
        return conditions;
    }

    private static @Nullable LocalDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** Grows by what is asked for. */
    static final class Conditions {
        private final List<String> texts = new ArrayList<>();
        private final List<Object> values = new ArrayList<>();

        void add(String text, @Nullable Object value) {
            if (value != null) {
                texts.add(text);
                values.add(value);
            }
        }

        void always(String text) {
            texts.add(text);
        }

        String where() {
            return texts.isEmpty() ? "" : " WHERE " + String.join(" AND ", texts);
        }

        List<Object> values() {
            return values;
        }
    }
}
