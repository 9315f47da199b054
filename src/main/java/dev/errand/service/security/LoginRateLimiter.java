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
 * How many passwords may be tried. Nobody waits who has not failed: what others fail at elsewhere never keeps a right password
 * out, so that nobody can lock a user out from afar.
 *
 * <ul>
 *   <li>A name from one network has 5 wrong passwords free, then waits 1 s, 2 s, 4 s … 5 min between two.
 *   <li>A network has 20 for all names together, then waits likewise. A name that came in from there before does not wait for
 *       it: behind one address, a script with an old password does not keep its neighbours out.
 *   <li>A name that many networks guess at has only one wrong password from each, then waits from 1 min on. A right one is not
 *       affected.
 * </ul>
 *
 * A wait refuses the right password too, or guesses would not be slowed down. A right one makes up for a wrong one of its name
 * and network, thirty times an hour: more would give guesses to who sits beside a user's page that renews itself. An hour after the
 * last wrong one all is forgotten.
 *
 * <p>Memory is bounded. To be forgotten earlier takes thousands of networks with as many wrong passwords of their own, which is
 * more than it gives; and how much a name is guessed at is never thrown out. Thread-safe.
 */
final class LoginRateLimiter {

    private static final int FREE_FOR_NAME = 5;
    private static final int FREE_FOR_GUESSED_NAME = 1;
    private static final int FREE_FOR_NETWORK = 20;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT_OF_GUESSED_NAME = Duration.ofMinutes(1);

    /** Not yet answered attempts, so that a thousand at once are not a thousand free ones. */
    private static final int AT_ONCE_FOR_NAME = 16;

    private static final int AT_ONCE_FOR_NETWORK = 64;
    private static final int MOST_NAMES = 20_000;
    private static final int MOST_NETWORKS = 10_000;

    /** What becomes of an attempt that is let through; tell it once, further calls do nothing. */
    interface Attempt {

        void succeeded();

        /** @return how long the next one has to wait, zero where it does not */
        Duration failed();

        /** It was not decided. */
        void abandoned();
    }

    /** Whether a password may be tried. */
    sealed interface Answer {

        record Admitted(Attempt attempt) implements Answer {}

        /** @param retryAfter how long to wait before another attempt */
        record Refused(Duration retryAfter) implements Answer {}
    }

    /** @param name a digest: names are as long as a client likes */
    private record NameAt(String network, long name) {}

    private final LongSupplier nanos;
    private final byte[] key = new byte[32];
    private final LoginTallies<NameAt> names = new LoginTallies<>(MOST_NAMES);
    private final LoginTallies<String> networks = new LoginTallies<>(MOST_NETWORKS);
    private final GuessedNames guessed;

    /** @param nanos a clock that only goes forward, {@link System#nanoTime} */
    LoginRateLimiter(LongSupplier nanos) {
        this.nanos = nanos;
        this.guessed = new GuessedNames(nanos.getAsLong());
        // Nobody outside can tell which names share a place, or learn a password from memory.
        new SecureRandom().nextBytes(key);
    }

    /**
     * Asks before a password is looked at.
     *
     * @param network that it comes from
     */
    Answer ask(String network, String name, String password) {
        // Whether upper and lower case are the same is the realm's to know: as one name they have one count.
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

    /** How many names and networks it knows something of. */
    synchronized int size() {
        return names.size() + networks.size();
    }

    private int freeFor(NameAt nameAt, long now) {
        return guessed.contains(nameAt.name(), now) ? FREE_FOR_GUESSED_NAME : FREE_FOR_NAME;
    }

    /** An attempt that was let through, and where it is counted. */
    private final class Counted implements Attempt {

        private final NameAt nameAt;
        private final byte[] proof;
        private final boolean proven;
        private final LoginTally ofName;
        private final LoginTally ofNetwork;
        private boolean told;

        /** @param proven whether the same came in before: it is no guess, and there may be any number at once */
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
            if (told) {
                return false;
            }
            told = true;
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
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
