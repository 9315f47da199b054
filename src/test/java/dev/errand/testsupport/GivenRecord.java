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
import org.jspecify.annotations.Nullable;

/** A delivery of a test's own, which remembers what became of it. */
public final class GivenRecord implements InFlightRecord {

    public final DecodedRecord decoded;
    public final String user;
    public final int number;
    public final List<Failure> failures = new ArrayList<>();
    public boolean completed;
    public boolean abandoned;
    public boolean alone;
    public boolean suspect;
    public int newlyDone;

    @Nullable
    public String notRead;

    public GivenRecord(String user, int number) {
        this.user = user;
        this.number = number;
        this.decoded = new DecodedRecord.ReadableRecord(new Action<>(
                new ActionKey("", toString()),
                "a.b",
                user,
                Instant.EPOCH,
                "{}",
                null,
                new RecordPosition("t", 0, number)));
    }

    public GivenRecord(Action<String> action, int number) {
        this.user = action.userId();
        this.number = number;
        this.decoded = new DecodedRecord.ReadableRecord(action);
    }

    public GivenRecord(String user, int number, String unreadable) {
        this.user = user;
        this.number = number;
        this.decoded = new DecodedRecord.UnreadableRecord(unreadable, user);
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public DecodedRecord decoded() {
        return notRead == null ? decoded : new DecodedRecord.UnreadableRecord(notRead, user);
    }

    @Override
    public boolean suspect() {
        return suspect;
    }

    @Override
    public void newlyDone() {
        newlyDone++;
    }

    @Override
    public void leaveUnended() {
        throw new UnsupportedOperationException("only an engine does");
    }

    @Override
    public void giveUpReading(String reason) {
        notRead = reason;
    }

    @Override
    public RecordPosition position() {
        return decoded instanceof DecodedRecord.ReadableRecord readable
                ? readable.action().position()
                : new RecordPosition("t", 0, number);
    }

    @Override
    public RawRecord original() {
        return new RawRecord(
                position(),
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
