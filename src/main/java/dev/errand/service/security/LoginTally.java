package dev.errand.service.security;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wrong passwords of a name at a network, or of a network. Times are those of a monotonic clock in nanoseconds. Not
 * thread-safe.
 */
final class LoginTally {

    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private static final int FORGIVEN_IN_AN_HOUR = 30;

    /** The number of wrong passwords from which on a name has to wait. */
    private static final int WORTH_OF_A_PROOF = 5;

    private static final Duration UNTIL_ONE_IS_ANSWERED = Duration.ofSeconds(1);

    private int failures;
    private long lastFailure;
    private long waitsUntil;
    private int unanswered;
    private int forgiven;
    private long forgivenSince;
    private byte @Nullable [] proven;

    /** The digest of the last name and password that logged in; null if none did. */
    byte @Nullable [] proven() {
        return proven;
    }

    void proven(byte[] proof) {
        proven = proof;
    }

    void unanswered(int more) {
        unanswered += more;
    }

    private int failures(long now) {
        if (failures > 0 && now - lastFailure > FORGOTTEN_AFTER.toNanos()) {
            failures = 0;
        }
        return failures;
    }

    /** Nanoseconds that an attempt has to wait; zero if it need not. */
    long toWait(long now, int free, int atOnce) {
        // The difference is compared because the clock may begin anywhere and overflow.
        if (failures(now) > 0 && waitsUntil - now > 0) {
            return waitsUntil - now;
        }
        return unanswered >= (failures >= free ? 1 : atOnce) ? UNTIL_ONE_IS_ANSWERED.toNanos() : 0;
    }

    /** @return nanoseconds that the next attempt has to wait; zero if it need not */
    long fail(long now, int free, Duration first) {
        failures = failures(now) + 1;
        lastFailure = now;
        if (failures < free) {
            waitsUntil = now;
            return 0;
        }
        var doublings = Math.min(failures - free, 20);
        var wait = Math.min(first.toNanos() << doublings, LONGEST_WAIT.toNanos());
        waitsUntil = now + wait;
        return wait;
    }

    /** Takes back a wrong password because of a right one, thirty times an hour at most. */
    void forgive(long now) {
        if (failures(now) == 0) {
            return;
        }
        if (forgiven == 0 || now - forgivenSince > Duration.ofHours(1).toNanos()) {
            forgiven = 0;
            forgivenSince = now;
        }
        if (forgiven < FORGIVEN_IN_AN_HOUR) {
            forgiven++;
            failures--;
        }
    }

    /** How much is lost with it: entries of less worth are evicted first. */
    int worth(long now) {
        return unanswered > 0 ? Integer.MAX_VALUE : failures(now) + (proven == null ? 0 : WORTH_OF_A_PROOF);
    }
}
