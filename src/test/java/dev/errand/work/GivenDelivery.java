package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.Coordinates;
import dev.errand.action.Original;
import dev.errand.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A delivery of a test's own, which remembers what became of it. */
final class GivenDelivery implements Delivery {

    final Decoded decoded;
    final String user;
    final int number;
    final List<Failure> failures = new ArrayList<>();
    boolean settled;
    boolean abandoned;
    boolean alone;
    boolean suspect;
    int newlyDone;

    @Nullable
    String notRead;

    GivenDelivery(String user, int number) {
        this.user = user;
        this.number = number;
        this.decoded = new Decoded.Legible(new Action<>(
                new ActionKey("", toString()),
                "a.b",
                user,
                Instant.EPOCH,
                "{}",
                null,
                new Coordinates("t", 0, number)));
    }

    GivenDelivery(Action<String> action, int number) {
        this.user = action.userId();
        this.number = number;
        this.decoded = new Decoded.Legible(action);
    }

    GivenDelivery(String user, int number, String unreadable) {
        this.user = user;
        this.number = number;
        this.decoded = new Decoded.Illegible(unreadable);
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public Decoded decoded() {
        return notRead == null ? decoded : new Decoded.Illegible(notRead);
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
    public Coordinates coordinates() {
        return decoded instanceof Decoded.Legible legible
                ? legible.action().coordinates()
                : new Coordinates("t", 0, number);
    }

    @Override
    public Original original() {
        return new Original(
                coordinates(),
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
    public void settle() {
        settled = true;
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
    public void goAlone() {
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
