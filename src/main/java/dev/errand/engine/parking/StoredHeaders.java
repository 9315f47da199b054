package dev.errand.engine.parking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.RawRecord.Header;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A record's headers as {@link ParkedActions} wrote them. Stateless and thread-safe. */
public final class StoredHeaders {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StoredHeaders() {}

    /**
     * Reads them.
     *
     * @param json an array of names and Base64 values
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
            throw new IllegalStateException("Errand wrote these headers itself", e);
        }
    }

    /** Writes them so that {@link #of} can read them. */
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
            throw new IllegalStateException("Texts can be written as JSON", e);
        }
    }
}
