package dev.errand.engine.parking.view;

import dev.errand.engine.query.Download;
import dev.errand.engine.query.Truncated;
import java.util.Arrays;
import java.util.Optional;

/** What is stored of a failed action and may be of any size. */
public enum StoredValue {
    PAYLOAD("payload", "payload", "payload", true, Truncated.ON_PAGE),
    EDITED_PAYLOAD("edited-payload", "editedPayload", "edited_payload", true, Truncated.ON_PAGE),
    KEY("key", "recordKey", "record_key", false, Truncated.SHORT_ON_PAGE),
    VALUE("value", "recordValue", "record_value", true, Truncated.ON_PAGE),
    HEADERS("headers", "recordHeaders", "record_headers", true, Truncated.ON_PAGE),
    ERROR_MESSAGE("error-message", "errorMessage", "error_message", true, Truncated.SHORT_ON_PAGE),
    STACK_TRACE("stack-trace", "stackTrace", "stack_trace", true, Truncated.ON_PAGE / 2),
    HISTORY("history", "history", "history", true, Truncated.ON_PAGE),
    REASON("reason", "reason", "reason", false, Truncated.SHORT_ON_PAGE);

    private final String pathName;
    private final String field;
    private final String column;
    private final boolean masked;
    private final int bytesOnPage;

    StoredValue(String pathName, String field, String column, boolean masked, int bytesOnPage) {
        this.pathName = pathName;
        this.field = field;
        this.column = column;
        this.masked = masked;
        this.bytesOnPage = bytesOnPage;
    }

    /** Empty where there is no value of this name. */
    public static Optional<StoredValue> of(String pathName) {
        return Arrays.stream(values())
                .filter(each -> each.pathName.equals(pathName))
                .findFirst();
    }

    /** As addresses call it. */
    public String pathName() {
        return pathName;
    }

    /** Whether it is hidden where the action's type is masked. */
    boolean isMasked() {
        return masked;
    }

    /** As answers call it. */
    String field() {
        return field;
    }

    /** How much of it the action's own page has: all that Errand itself stores of errors and reasons. */
    int bytesOnPage() {
        return bytesOnPage;
    }

    String column() {
        return column;
    }

    /** What it is, as HTTP says it. */
    public String mediaType() {
        return switch (this) {
            case KEY, VALUE -> "application/octet-stream";
            case PAYLOAD, EDITED_PAYLOAD, HEADERS, HISTORY -> "application/json";
            case ERROR_MESSAGE, STACK_TRACE, REASON -> "text/plain;charset=UTF-8";
        };
    }

    /** Its bytes, as SQL. */
    String bytes() {
        return this == KEY || this == VALUE ? column : Download.utf8(column);
    }

    /** Where it can be downloaded. */
    String href(long seq) {
        return "/api/failed-actions/" + seq + "/values/" + pathName;
    }
}
