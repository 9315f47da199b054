package dev.errand.engine.parking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.RawRecord.Header;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The column {@code record_headers} of a parked action. Stateless and thread-safe. */
public final class StoredHeaders {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StoredHeaders() {}

    /**
     * Parses the column.
     *
     * @param json an array of objects with a name and a Base64 value, which may be null
     */
    public static List<Header> of(String json) {
        List<Header> headers = new ArrayList<>();
        try {
            for (var header : JSON.readTree(json)) {
                var value = header.get("value");
                headers.add(new Header(
                        header.get("name").asText(),
                        value.isNull() ? null : Base64.getDecoder().decode(value.asText())));
            }
            return headers;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The column record_headers, which Errand writes, holds no valid JSON", e);
        }
    }

    /** Returns the headers as JSON that {@link #of} can parse. */
    static String text(List<Header> headers) {
        List<Map<String, Object>> named = new ArrayList<>();
        for (var header : headers) {
            Map<String, Object> each = new HashMap<>();
            each.put("name", header.name());
            var value = header.value();
            each.put("value", value == null ? null : Base64.getEncoder().encodeToString(value));
            named.add(each);
        }
        try {
            return JSON.writeValueAsString(named);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record's headers could not be written as JSON", e);
        }
    }
}
