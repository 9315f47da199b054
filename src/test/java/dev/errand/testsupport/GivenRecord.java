package dev.errand.testsupport;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An in-flight record without Kafka, which remembers what was done with it. */
public final class GivenRecord implements InFlightRecord {

    public final String user;
    public final int number;
    public boolean completed;
    public boolean abandoned;
    public boolean suspect;
    private final RecordPosition position;
    private final List<Failure> failures = new ArrayList<>();
    private DecodedRecord decoded;
    private boolean alone;

    /** A record with an action whose id is {@code user:number}. */
    public GivenRecord(String user, int number) {
        this(user, number, new RecordPosition("t", 0, number));
        decoded = new DecodedRecord.ReadableRecord(
                new Action<>(new ActionKey("", toString()), "a.b", user, Instant.EPOCH, "{}", null, position));
    }

    public GivenRecord(Action<String> action, int number) {
        this(action.userId(), number, action.position());
        decoded = new DecodedRecord.ReadableRecord(action);
    }

    /** @param reason why the record is unreadable */
    public GivenRecord(String user, int number, String reason) {
        this(user, number, new RecordPosition("t", 0, number));
        decoded = new DecodedRecord.UnreadableRecord(reason, user);
    }

    private GivenRecord(String user, int number, RecordPosition position) {
        this.user = user;
        this.number = number;
        this.position = position;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public DecodedRecord decoded() {
        return decoded;
    }

    @Override
    public boolean suspect() {
        return suspect;
    }

    @Override
    public void newlyDone() {}

    @Override
    public void leaveUnended() {
        throw new UnsupportedOperationException("only an engine does");
    }

    @Override
    public void giveUpReading(String reason) {
        decoded = new DecodedRecord.UnreadableRecord(reason, user);
    }

    @Override
    public RecordPosition position() {
        return position;
    }

    @Override
    public RawRecord original() {
        return new RawRecord(
                position,
                0,
                user.getBytes(StandardCharsets.UTF_8),
                "value".getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    @Override
    public int bytes() {
        return 1;
    }

    @Override
    public boolean abandoned() {
        return abandoned;
    }

    @Override
    public void complete() {
        completed = true;
    }

    @Override
    public List<Failure> failures() {
        return failures;
    }

    @Override
    public boolean alone() {
        return alone;
    }

    @Override
    public void runAlone() {
        alone = true;
    }

    @Override
    public void failed(Failure failure) {
        alone = true;
        failures.add(failure);
    }

    @Override
    public String toString() {
        return user + ":" + number;
    }
}
