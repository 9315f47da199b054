package dev.errand.engine.query;

import dev.errand.action.TypePattern;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps payloads from the eyes of those who look at actions. Immutable and thread-safe. */
@Singleton
public class Masking {

    /** What is shown instead. */
    public static final String MASKED = "***";

    /** What is shown instead, as a JSON text. */
    public static final String MASK = "\"" + MASKED + "\"";

    private final List<TypePattern> masked;

    /** @throws IllegalStateException if a pattern can be no type's */
    @Inject
    public Masking(MaskingConfig config) {
        try {
            this.masked = config.types().orElse(List.of()).stream()
                    .map(TypePattern::new)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("errand.masking.types: " + e.getMessage(), e);
        }
    }

    /**
     * Whether payloads of a type are masked.
     *
     * @param type null for a record whose type can't be read: it is masked where anything is, as it may be of any type
     */
    public boolean masks(@Nullable String type) {
        return type == null ? !masked.isEmpty() : masked.stream().anyMatch(each -> each.matches(type));
    }

    /**
     * Whether the row is masked: by what it is, and by what it was before somebody corrected it.
     *
     * @param row with the columns {@code type}, {@code corrected} and {@code corrected_from}
     */
    public boolean masksRow(ResultSet row) throws SQLException {
        return masks(row.getString("type")) || (row.getBoolean("corrected") && masks(row.getString("corrected_from")));
    }
}
