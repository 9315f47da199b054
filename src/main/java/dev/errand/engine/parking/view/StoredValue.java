package dev.errand.engine.parking.view;

import dev.errand.engine.query.Download;
import dev.errand.engine.query.Truncated;
import java.util.Arrays;
import java.util.Optional;

/** The values of a parked action that may have any size. */
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

    /** Returns the value with this name in paths; empty if there is none. */
    public static Optional<StoredValue> of(String pathName) {
        return Arrays.stream(values())
                .filter(each -> each.pathName.equals(pathName))
                .findFirst();
    }

    /** Returns the value's name in paths. */
    public String pathName() {
        return pathName;
    }

    /** Returns whether the value is masked if the action's type is. */
    boolean isMasked() {
        return masked;
    }

    /** Returns the value's field in {@link ParkedActionView}. */
    String field() {
        return field;
    }

    /**
     * Returns how many bytes of the value the action's own page has at most, which is enough for the errors and reasons that Errand
     * stores.
     */
    int bytesOnPage() {
        return bytesOnPage;
    }

    String column() {
        return column;
    }

    /** Returns the value's media type for HTTP. */
    public String mediaType() {
        return switch (this) {
            case KEY, VALUE -> "application/octet-stream";
            case PAYLOAD, EDITED_PAYLOAD, HEADERS, HISTORY -> "application/json";
            case ERROR_MESSAGE, STACK_TRACE, REASON -> "text/plain;charset=UTF-8";
        };
    }

    /** Returns an SQL expression for the value's bytes. */
    String bytes() {
        return this == KEY || this == VALUE ? column : Download.utf8(column);
    }

    /** Returns the path to download the whole value from. */
    String href(long seq) {
        return "/api/failed-actions/" + seq + "/values/" + pathName;
    }
}
