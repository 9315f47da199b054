package dev.errand.engine.record;

import static dev.errand.engine.record.InvalidRecordException.quoted;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.TraceContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record, unchecked, and the checks that make an action of them. They are the same for all formats. A
 * {@link FormatReader} sets the fields; for one thread only.
 */
final class Envelope {

    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]+");

    /** The first year that MySQL's DATETIME supports. */
    private static final int FIRST_YEAR = 1000;

    private static final int LAST_YEAR = 9999;

    private static final String KEY = "the record's key";

    private final RecordFormat form;
    private final RawRecord record;

    @Nullable
    String id;

    @Nullable
    String source;

    @Nullable
    String type;

    @Nullable
    String user;

    @Nullable
    String time;

    @Nullable
    String payload;

    /** The event's own attribute; headers of the record take precedence. */
    @Nullable
    String traceparent;

    @Nullable
    String tracestate;

    Envelope(RecordFormat form, RawRecord record) {
        this.form = form;
        this.record = record;
    }

    /** @throws InvalidRecordException if a field is missing or invalid */
    Action<String> toAction(LimitsConfig limits, KeyFormat keys) throws InvalidRecordException {
        var key = new ActionKey(source(limits.source()), required(id, form.id, limits.id()));
        var checkedType = required(type, form.type, limits.type());
        if (!TYPE.matcher(checkedType).matches()) {
            throw new InvalidRecordException(
                    form.type + " is " + quoted(checkedType) + ": only A-Z a-z 0-9 . _ - are allowed");
        }
        var checkedUser = user(keys, limits.userId());
        var occurredAt = occurredAt();
        if (payload == null) {
            throw form.missing(form.payload);
        }
        return new Action<>(key, checkedType, checkedUser, occurredAt, payload, traceContext(), record.position());
    }

    private String source(int longest) throws InvalidRecordException {
        if (form == RecordFormat.PLAIN) {
            return source == null ? "" : atMost(source, form.source, longest);
        }
        return required(source, form.source, longest);
    }

    private String user(KeyFormat keys, int longest) throws InvalidRecordException {
        var key = keys.user(record.key());
        if (user == null && form != RecordFormat.PLAIN) {
            if (key == null) {
                throw new InvalidRecordException("the user id is missing: set " + form.user + " or " + KEY + " to it");
            }
            return atMost(key, KEY, longest);
        }
        var checked = required(user, form.user, longest);
        if (key != null && !key.equals(checked)) {
            throw new InvalidRecordException(KEY + " is " + quoted(key) + " but " + form.user + " is " + quoted(checked)
                    + ": they must be equal, the key decides the order"
                    + (key.equals('"' + checked + '"')
                            ? "; the key was written as a JSON string, with quotes: publish it as plain text"
                            : ""));
        }
        // A key has no control characters, and it was equal.
        var control =
                key == null ? checked.chars().filter(Character::isISOControl).findFirst() : OptionalInt.empty();
        if (control.isPresent()) {
            throw new InvalidRecordException("%s has the control character U+%04X: a user id is text without them"
                    .formatted(form.user, control.getAsInt()));
        }
        return checked;
    }

    private Instant occurredAt() throws InvalidRecordException {
        if (time != null) {
            return stored(parsed(time), form.time + " is " + quoted(time));
        }
        if (form == RecordFormat.PLAIN) {
            throw form.missing(form.time);
        }
        if (record.timestamp() < 0) {
            throw new InvalidRecordException(
                    form.time + " is missing and the record has no timestamp either: set one of them");
        }
        var timestamp = Instant.ofEpochMilli(record.timestamp());
        return stored(
                LocalDateTime.ofInstant(timestamp, ZoneOffset.UTC),
                form.time + " is missing and the record's timestamp is " + timestamp);
    }

    private LocalDateTime parsed(String text) throws InvalidRecordException {
        try {
            return Rfc3339.utc(text);
        } catch (DateTimeException e) {
            throw new InvalidRecordException(form.time + " is " + quoted(text) + ", " + e.getMessage());
        }
    }

    private static Instant stored(LocalDateTime time, String what) throws InvalidRecordException {
        if (time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR) {
            throw new InvalidRecordException(
                    what + ": only the years " + FIRST_YEAR + " to " + LAST_YEAR + " can be stored");
        }
        return time.truncatedTo(ChronoUnit.MICROS).toInstant(ZoneOffset.UTC);
    }

    private @Nullable TraceContext traceContext() {
        var ofRecord = PublishedTrace.of(record.headers());
        return ofRecord == null ? PublishedTrace.of(traceparent, tracestate) : ofRecord;
    }

    private String required(@Nullable String text, String name, int longest) throws InvalidRecordException {
        if (text == null) {
            throw form.missing(name);
        }
        if (text.isEmpty()) {
            throw new InvalidRecordException(name + " is empty");
        }
        return atMost(text, name, longest);
    }

    private static String atMost(String text, String name, int longest) throws InvalidRecordException {
        int length = text.codePointCount(0, text.length());
        if (length > longest) {
            throw new InvalidRecordException(name + " has " + length + " characters, more than " + longest);
        }
        if (ExactJson.hasHalfAPair(text)) {
            throw new InvalidRecordException(name + " has half a surrogate pair, which is no character");
        }
        return text;
    }
}
