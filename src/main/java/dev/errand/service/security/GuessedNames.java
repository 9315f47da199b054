package dev.errand.service.security;

import java.time.Duration;
import java.util.Arrays;

/**
 * Names at which many passwords are guessed, from wherever. Bounded, and never thrown out: names share places, and that two have the
 * same one costs a user who mistypes a minute, and nobody else anything. Not thread-safe.
 */
final class GuessedNames {

    /** Wrong passwords for a name, from everywhere, above which it counts as guessed at; one a minute is forgiven. */
    private static final int GUESSED_AT = 100;

    private static final int PLACES = 4096;

    private final double[] guesses = new double[PLACES];
    private final long[] countedAt = new long[PLACES];

    /** @param now by a clock in nanoseconds that only goes forward, as all others here */
    GuessedNames(long now) {
        Arrays.fill(countedAt, now);
    }

    /** @param name a digest of it */
    boolean contains(long name, long now) {
        return guesses(place(name), now) > GUESSED_AT;
    }

    /** A wrong password for the name. */
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
