package dev.errand.engine.query;

import dev.errand.action.TypePattern;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides which payloads the API and the console mask. Immutable and thread-safe. */
@Singleton
public class Masking {

    /** What is shown instead of a masked value. */
    public static final String MASKED = "***";

    /** What is shown instead of a masked value, as JSON text. */
    public static final String MASK = "\"" + MASKED + "\"";

    private final List<TypePattern> masked;

    /** @throws IllegalStateException if a pattern is malformed */
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
     * @param type null for a record whose type can't be read; as it may be of any type, it is masked if any type is
     */
    public boolean masks(@Nullable String type) {
        return type == null ? !masked.isEmpty() : masked.stream().anyMatch(each -> each.matches(type));
    }

    /**
     * Whether a row is masked, by its type or by the type that it had before it was corrected.
     *
     * @param row with the columns {@code type}, {@code corrected} and {@code corrected_from}
     */
    public boolean masksRow(ResultSet row) throws SQLException {
        return masks(row.getString("type")) || (row.getBoolean("corrected") && masks(row.getString("corrected_from")));
    }
}
