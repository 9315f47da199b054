package dev.errand.service.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Limits how many passwords may be tried. Wrong passwords from one network never keep out a right one from another, so
 * nobody can lock a user out remotely.
 *
 * <ul>
 *   <li>From the 5th wrong password for a name from one network on, that name has to wait there: 1 s, 2 s, 4 s … 5
 *       min.
 *   <li>From the 20th wrong password for any names from one network on, all names have to wait there in the same way.
 *       A name that has logged in from there before is exempt: a script with an old password does not keep out its
 *       neighbours behind the same address.
 *   <li>A name that many networks guess at has to wait from the 1st wrong password from a network on, beginning with
 *       1 min. A right password at the first attempt is not affected.
 * </ul>
 *
 * <p>While a name has to wait, its right password is refused too; otherwise guesses would not be slowed down. A right
 * password takes back one wrong one of its name and network, thirty times an hour at most: with more, a user's page
 * that updates itself would give free guesses to an attacker on the same network. An hour after the last wrong password
 * all of them are forgotten.
 *
 * <p>Memory is bounded. To have an entry evicted earlier, an attacker needs thousands of networks with as many wrong
 * passwords each, which costs more than it gains; the counts of {@link GuessedNames} are never evicted. Thread-safe.
 */
final class LoginRateLimiter {

    private static final int FREE_FOR_NAME = 5;
    private static final int FREE_FOR_GUESSED_NAME = 1;
    private static final int FREE_FOR_NETWORK = 20;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT_OF_GUESSED_NAME = Duration.ofMinutes(1);

    /**
     * Attempts for a name that are not answered yet, at most: a thousand at once must not be a thousand free guesses.
     */
    private static final int AT_ONCE_FOR_NAME = 16;

    private static final int AT_ONCE_FOR_NETWORK = 64;
    private static final int MOST_NAMES = 20_000;
    private static final int MOST_NETWORKS = 10_000;

    /** An admitted attempt, which is notified of its result. Only the first call has an effect. */
    interface Attempt {

        void succeeded();

        /** @return how long the next attempt has to wait; zero if it need not */
        Duration failed();

        /** The password was neither right nor wrong. */
        void abandoned();
    }

    /** Whether a password may be tried. */
    sealed interface Answer {

        record Admitted(Attempt attempt) implements Answer {}

        /** @param retryAfter how long to wait before another attempt */
        record Refused(Duration retryAfter) implements Answer {}
    }

    /** @param name a digest, because a client may send names of any length */
    private record NameAt(String network, long name) {}

    private final LongSupplier nanos;
    private final byte[] key = new byte[32];
    private final LoginTallies<NameAt> names = new LoginTallies<>(MOST_NAMES);
    private final LoginTallies<String> networks = new LoginTallies<>(MOST_NETWORKS);
    private final GuessedNames guessed;

    /** @param nanos a monotonic clock such as {@link System#nanoTime} */
    LoginRateLimiter(LongSupplier nanos) {
        this.nanos = nanos;
        this.guessed = new GuessedNames(nanos.getAsLong());
        // A random key: nobody outside can compute which names share a slot, or use digests that were computed before.
        new SecureRandom().nextBytes(key);
    }

    /**
     * Decides whether a password may be checked.
     *
     * @param network the network that the request comes from
     */
    Answer ask(String network, String name, String password) {
        // Names that differ only in case have one count, whether or not the realm tells them apart.
        var folded = name.strip().toLowerCase(Locale.ROOT);
        var nameAt = new NameAt(network, ByteBuffer.wrap(digest(folded)).getLong());
        var proof = digest(name, password);
        synchronized (this) {
            return ask(nameAt, proof, nanos.getAsLong());
        }
    }

    private Answer ask(NameAt nameAt, byte[] proof, long now) {
        var ofName = names.get(nameAt);
        var ofNetwork = networks.get(nameAt.network());
        var cameIn = ofName == null ? null : ofName.proven();
        var proven = cameIn != null && MessageDigest.isEqual(cameIn, proof);
        long wait = 0;
        if (ofName != null) {
            wait = ofName.toWait(now, freeFor(nameAt, now), proven ? Integer.MAX_VALUE : AT_ONCE_FOR_NAME);
        }
        if (ofNetwork != null && cameIn == null) {
            wait = Math.max(wait, ofNetwork.toWait(now, FREE_FOR_NETWORK, AT_ONCE_FOR_NETWORK));
        }
        if (wait > 0) {
            return new Answer.Refused(Duration.ofNanos(wait));
        }
        return new Answer.Admitted(new Counted(
                nameAt, proof, proven, names.getOrAdd(nameAt, now), networks.getOrAdd(nameAt.network(), now)));
    }

    /** How many names and networks have an entry. */
    synchronized int size() {
        return names.size() + networks.size();
    }

    private int freeFor(NameAt nameAt, long now) {
        return guessed.contains(nameAt.name(), now) ? FREE_FOR_GUESSED_NAME : FREE_FOR_NAME;
    }

    /** An admitted attempt, and the tallies that count it. */
    private final class Counted implements Attempt {

        private final NameAt nameAt;
        private final byte[] proof;
        private final boolean proven;
        private final LoginTally ofName;
        private final LoginTally ofNetwork;
        private boolean answered;

        /** @param proven whether this password logged in before: it is no guess, so any number may run at once */
        private Counted(NameAt nameAt, byte[] proof, boolean proven, LoginTally ofName, LoginTally ofNetwork) {
            this.nameAt = nameAt;
            this.proof = proof;
            this.proven = proven;
            this.ofName = ofName;
            this.ofNetwork = ofNetwork;
            unanswered(1);
        }

        @Override
        public void succeeded() {
            synchronized (LoginRateLimiter.this) {
                if (isFirst()) {
                    ofName.proven(proof);
                    ofName.forgive(nanos.getAsLong());
                }
            }
        }

        @Override
        public Duration failed() {
            synchronized (LoginRateLimiter.this) {
                return isFirst() ? Duration.ofNanos(fail(nanos.getAsLong())) : Duration.ZERO;
            }
        }

        private long fail(long now) {
            guessed.count(nameAt.name(), now);
            var first = guessed.contains(nameAt.name(), now) ? FIRST_WAIT_OF_GUESSED_NAME : FIRST_WAIT;
            return Math.max(
                    ofName.fail(now, freeFor(nameAt, now), first), ofNetwork.fail(now, FREE_FOR_NETWORK, FIRST_WAIT));
        }

        @Override
        public void abandoned() {
            synchronized (LoginRateLimiter.this) {
                isFirst();
            }
        }

        private boolean isFirst() {
            if (answered) {
                return false;
            }
            answered = true;
            unanswered(-1);
            return true;
        }

        private void unanswered(int more) {
            if (!proven) {
                ofName.unanswered(more);
                ofNetwork.unanswered(more);
            }
        }
    }

    private byte[] digest(String... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(key);
            for (var part : parts) {
                var bytes = part.getBytes(UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                digest.update(bytes);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
