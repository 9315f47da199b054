package dev.errand.engine.parking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.errand.engine.error.Failure;
import dev.errand.engine.query.Masking;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The column {@code history} of a parked action: all its failed attempts, as a JSON array. Stateless and thread-safe. */
public final class FailureHistory {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FailureHistory() {}

    /** Returns the failures as the JSON array that the column stores. */
    static String of(List<Failure> failures) {
        return text(failures.stream().map(FailureHistory::summary).toList());
    }

    /** Returns one failure as an element of the column's JSON array. */
    static String of(Failure failure) {
        return text(summary(failure));
    }

    private static Map<String, Object> summary(Failure failure) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("at", failure.at().toString());
        summary.put("errorClass", failure.errorClass());
        summary.put("message", failure.message());
        return summary;
    }

    /** Returns a history with masked messages: its errors are named by their classes only. */
    public static String withoutMessages(String history) {
        try {
            var failures = JSON.readTree(history);
            failures.forEach(failure -> ((ObjectNode) failure).put("message", Masking.MASKED));
            return failures.toString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The column history is of type JSON and holds no valid JSON", e);
        }
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A list or map of strings could not be written as JSON", e);
        }
    }
}
