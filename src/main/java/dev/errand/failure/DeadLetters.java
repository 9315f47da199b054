package dev.errand.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Coordinates;
import dev.errand.action.Original;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dead actions that are still to be published. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class DeadLetters {

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeadLetters() {}

    /** A dead action, as it is published. */
    public record DeadLetter(
            long seq,
            Original original,
            @Nullable String errorClass,
            @Nullable String errorMessage) {}

    /**
     * Those that have waited for longest.
     *
     * @param connection in a transaction that keeps other processes from publishing, and nobody from anything else
     */
    public static List<DeadLetter> take(Connection connection, int limit) throws SQLException {
        List<DeadLetter> letters = new ArrayList<>();
        try (var statement = connection.createStatement()) {
            try (var result = statement.executeQuery("""
                    SELECT seq, topic, `partition`, `offset`, record_timestamp, record_key, record_value, record_headers,
                           error_class, error_message
                    FROM failed_action FORCE INDEX (publishing)
                    WHERE to_publish = 1 ORDER BY seq LIMIT\s""" + limit)) {
                while (result.next()) {
                    letters.add(new DeadLetter(
                            result.getLong("seq"),
                            original(result),
                            result.getString("error_class"),
                            result.getString("error_message")));
                }
            }
        }
        return letters;
    }

    /** Says that they are published. */
    public static void published(Connection connection, List<DeadLetter> letters) throws SQLException {
        try (var statement = connection.prepareStatement("UPDATE failed_action SET to_publish = 0 WHERE seq = ?")) {
            for (var letter : letters) {
                statement.setLong(1, letter.seq);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static Original original(ResultSet row) throws SQLException {
        return new Original(
                new Coordinates(row.getString("topic"), row.getInt("partition"), row.getLong("offset")),
                row.getLong("record_timestamp"),
                row.getBytes("record_key"),
                row.getBytes("record_value"),
                headers(row.getString("record_headers")));
    }

    /** A record's headers as {@link FailedActions} wrote them. */
    static List<Original.Header> headers(String json) {
        List<Original.Header> headers = new ArrayList<>();
        try {
            for (var header : JSON.readTree(json)) {
                var value = header.get("value");
                headers.add(new Original.Header(
                        header.get("name").asText(),
                        value.isNull() ? null : Base64.getDecoder().decode(value.asText())));
            }
            return headers;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Errand wrote these headers itself", e);
        }
    }
}
