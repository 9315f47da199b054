package dev.errand.service.security;

import java.time.Duration;
import java.util.Arrays;

/**
 * Names at which many passwords are guessed, from all networks together. The memory is fixed and nothing is evicted;
 * names share slots by their hash. If two names share a slot, a user who mistypes a password may wait a minute; there
 * is no other effect. Not thread-safe.
 */
final class GuessedNames {

    /** A name with more wrong passwords than this counts as guessed at. The number decreases by one a minute. */
    private static final int GUESSED_AT = 100;

    private static final int PLACES = 4096;

    private final double[] guesses = new double[PLACES];
    private final long[] countedAt = new long[PLACES];

    /** @param now the time of a monotonic clock in nanoseconds, as in all methods here */
    GuessedNames(long now) {
        Arrays.fill(countedAt, now);
    }

    /** @param name a digest of the name */
    boolean contains(long name, long now) {
        return guesses(place(name), now) > GUESSED_AT;
    }

    /** Counts a wrong password for the name. */
    void count(long name, long now) {
        var place = place(name);
        guesses[place] = guesses(place, now) + 1;
    }

    private static int place(long name) {
        return Math.floorMod(name, PLACES);
    }

    private double guesses(int place, long now) {
        var forgiven = (now - countedAt[place]) / (double) Duration.ofMinutes(1).toNanos();
        guesses[place] = Math.max(0, guesses[place] - forgiven);
        countedAt[place] = now;
        return guesses[place];
    }
}
