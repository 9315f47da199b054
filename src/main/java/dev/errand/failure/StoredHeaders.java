package dev.errand.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Original.Header;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A record's headers as {@link FailedActions} wrote them. Stateless and thread-safe. */
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
}
