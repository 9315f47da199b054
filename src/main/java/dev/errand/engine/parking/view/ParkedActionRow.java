package dev.errand.engine.parking.view;

import dev.errand.engine.parking.FailureHistory;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Truncated;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a row of {@code parked_action}, and of each value no more than a bound. For one row and one thread. */
final class ParkedActionRow {

    /** How many of the latest attempts are shown. */
    private static final int ATTEMPTS = 20;

    private static final String LATEST_ATTEMPTS =
            "COALESCE(JSON_EXTRACT(history, '$[last-" + (ATTEMPTS - 1) + " to last]'), '[]')";

    private static final String FIELDS = """
            SELECT seq, state, blocking, user_id, source, id, type, occurred_at, topic, `partition`, `offset`, attempts,
                   next_attempt_at, error_class, failed_at, changed_at, bulk_retry, record_timestamp, corrected, corrected_from,\s""";

    private final ResultSet row;
    private final boolean masked;
    private final long seq;
    private final @Nullable String type;
    private final List<Truncated> truncated = new ArrayList<>();

    private ParkedActionRow(ResultSet row, Masking masking) throws SQLException {
        this.row = row;
        this.masked = masking.masksRow(row);
        this.seq = row.getLong("seq");
        this.type = row.getString("type");
    }

    /** Returns the SELECT clause that {@link #item} needs. */
    static String itemFields() {
        return FIELDS + bounded(StoredValue.ERROR_MESSAGE, Truncated.IN_LIST);
    }

    /** Returns the SELECT clause that {@link #detail} needs. */
    static String detailFields() {
        return Arrays.stream(StoredValue.values())
                        .filter(each -> each != StoredValue.HISTORY)
                        .map(each -> bounded(each, each.bytesOnPage()))
                        .collect(Collectors.joining(",\n", FIELDS, ",\n"))
                + "LENGTH(history) AS history_bytes, JSON_LENGTH(history) AS history_attempts,\n"
                + "IF(LENGTH(" + LATEST_ATTEMPTS + ") > " + Truncated.ON_PAGE + ", NULL, " + LATEST_ATTEMPTS
                + ") AS history";
    }

    /** Selects the beginning of a value, or NULL instead of the headers if they are too large, because half of a JSON text is none. */
    private static String bounded(StoredValue value, int bytes) {
        var column = value.column();
        var beginning = value == StoredValue.HEADERS
                ? "IF(LENGTH(" + column + ") > " + bytes + ", NULL, " + column + ")"
                : "LEFT(" + column + ", " + bytes + ")";
        return beginning + " AS " + column + ", LENGTH(" + column + ") AS " + column + "_bytes";
    }

    static Item item(ResultSet row, Masking masking) throws SQLException {
        return new ParkedActionRow(row, masking).item(Truncated.IN_LIST);
    }

    static Detail detail(ResultSet row, Masking masking, long behind) throws SQLException {
        return new ParkedActionRow(row, masking).detail(behind);
    }

    private Item item(int bytes) throws SQLException {
        var message = text(StoredValue.ERROR_MESSAGE, bytes);
        var own = List.copyOf(truncated);
        truncated.clear();
        return new Item(
                seq,
                ParkedState.valueOf(row.getString("state")),
                row.getBoolean("blocking"),
                row.getString("user_id"),
                row.getString("source"),
                row.getString("id"),
                type,
                Queries.instant(row, "occurred_at"),
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("offset"),
                row.getInt("attempts"),
                Queries.instant(row, "next_attempt_at"),
                row.getString("error_class"),
                message,
                Queries.known(row, "failed_at"),
                Queries.known(row, "changed_at"),
                own);
    }

    private Detail detail(long behind) throws SQLException {
        var item = item(StoredValue.ERROR_MESSAGE.bytesOnPage());
        var key = bytes(StoredValue.KEY);
        var value = bytes(StoredValue.VALUE);
        return new Detail(
                item,
                text(StoredValue.PAYLOAD, StoredValue.PAYLOAD.bytesOnPage()),
                text(StoredValue.EDITED_PAYLOAD, StoredValue.EDITED_PAYLOAD.bytesOnPage()),
                Truncated.utf8(key, isWhole(StoredValue.KEY, key)),
                masked ? Masking.MASK : Truncated.utf8(value, isWhole(StoredValue.VALUE, value)),
                base64(key),
                masked ? null : base64(value),
                json(StoredValue.HEADERS),
                text(StoredValue.STACK_TRACE, StoredValue.STACK_TRACE.bytesOnPage()),
                history(),
                row.getString("bulk_retry"),
                text(StoredValue.REASON, StoredValue.REASON.bytesOnPage()),
                behind,
                timestamp(),
                key == null ? null : size(StoredValue.KEY),
                value == null ? null : size(StoredValue.VALUE),
                size(StoredValue.HEADERS),
                masked,
                row.getBoolean("corrected"),
                List.copyOf(truncated));
    }

    private @Nullable String text(StoredValue value, int bytes) throws SQLException {
        var text = row.getString(value.column());
        if (text == null || (value.isMasked() && masked)) {
            return text == null ? null : Masking.MASK;
        }
        if (size(value) > bytes) {
            note(value);
        }
        return Truncated.text(text, bytes);
    }

    private byte @Nullable [] bytes(StoredValue value) throws SQLException {
        var bytes = row.getBytes(value.column());
        if (!isWhole(value, bytes) && !(value.isMasked() && masked)) {
            note(value);
        }
        return bytes;
    }

    private boolean isWhole(StoredValue value, byte @Nullable [] bytes) throws SQLException {
        return bytes == null || bytes.length == size(value);
    }

    private @Nullable String json(StoredValue value) throws SQLException {
        if (value.isMasked() && masked) {
            return Masking.MASK;
        }
        var json = row.getString(value.column());
        if (json == null) {
            note(value);
        }
        return json;
    }

    private @Nullable String history() throws SQLException {
        var history = row.getString("history");
        if (!masked && (history == null || row.getInt("history_attempts") > ATTEMPTS)) {
            note(StoredValue.HISTORY);
        }
        return history != null && masked ? FailureHistory.withoutMessages(history) : history;
    }

    private long size(StoredValue value) throws SQLException {
        return row.getLong(value.column() + "_bytes");
    }

    private void note(StoredValue value) throws SQLException {
        truncated.add(new Truncated(value.field(), size(value), value.href(seq)));
    }

    /** Returns the record's timestamp; null for Kafka's -1, which means none. */
    private @Nullable Instant timestamp() throws SQLException {
        long millis = row.getLong("record_timestamp");
        return millis < 0 ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
