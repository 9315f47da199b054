package dev.errand.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginRateLimiterTest {

    private static final String RIGHT = "the-right-password";
    private static final Duration NONE = Duration.ZERO;

    /** Begins below zero, which is possible for {@link System#nanoTime}. */
    private long now = -Duration.ofSeconds(5).toNanos();

    private final LoginRateLimiter limits = new LoginRateLimiter(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    /** Tries a password and reports the result at once; returns how long to wait before the next attempt. */
    private Duration tries(String network, String name, String password) {
        var answer = limits.ask(network, name, password);
        if (answer instanceof LoginRateLimiter.Answer.Refused refused) {
            return refused.retryAfter();
        }
        var attempt = ((LoginRateLimiter.Answer.Admitted) answer).attempt();
        if (password.equals(RIGHT)) {
            attempt.succeeded();
        } else {
            attempt.failed();
        }
        return NONE;
    }

    private void fails(String network, String name, int times) {
        for (var i = 0; i < times; i++) {
            assertThat(tries(network, name, "wrong " + i)).isEqualTo(NONE);
        }
    }

    @Test
    void shouldMakeAGuesserWaitLongerAndLonger() {
        fails("x", "olga", 5);

        var waits = new ArrayList<Long>();
        for (var i = 0; i < 10; i++) {
            var wait = tries("x", "olga", "wrong");
            waits.add(wait.toSeconds());
            pass(wait);
            fails("x", "olga", 1);
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L);
    }

    @Test
    void shouldRefuseTheRightPasswordTooWhereItIsGuessed() {
        fails("x", "olga", 5);

        assertThat(tries("x", "olga", RIGHT)).isEqualTo(Duration.ofSeconds(1));
        assertThat(tries("x", "OLGA ", RIGHT)).as("written otherwise").isPositive();
        pass(Duration.ofSeconds(1));
        assertThat(tries("x", "olga", RIGHT)).isEqualTo(NONE);
    }

    @Test
    void shouldMakeUpForAWrongPasswordWithARightOne() {
        for (var i = 0; i < 20; i++) {
            fails("x", "olga", 1);
            assertThat(tries("x", "olga", RIGHT)).isEqualTo(NONE);
        }
    }

    @Test
    void shouldGiveFewGuessesToWhoSitsBesideAUserThatComesInAgainAndAgain() {
        var guesses = 0;
        for (var second = 0; second < 3500; second++) {
            if (tries("x", "olga", "wrong " + second).isZero()) {
                guesses++;
            }
            tries("x", "olga", RIGHT);
            pass(Duration.ofSeconds(1));
        }

        assertThat(guesses).isBetween(35, 60);
    }

    @Test
    void shouldNeverMakeSomebodyWaitForWhatOthersFailAtElsewhere() {
        var random = new Random(7);
        for (var i = 0; i < 50_000; i++) {
            tries("network " + random.nextInt(30_000), random.nextBoolean() ? "olga" : "name " + i, "wrong");
        }

        assertThat(tries("home", "olga", RIGHT)).isEqualTo(NONE);
        assertThat(tries("home", "olga", RIGHT)).isEqualTo(NONE);
    }

    @Test
    void shouldLetANetworkGuessAtFewNames() {
        for (var i = 0; i < 20; i++) {
            fails("x", "name " + i, 1);
        }

        assertThat(tries("x", "another", "wrong")).isPositive();
        assertThat(tries("x", "another", RIGHT)).isPositive();
        assertThat(tries("y", "another", RIGHT)).isEqualTo(NONE);
    }

    @Test
    void shouldKeepNobodyOutBesideAScriptWithAnOldPassword() {
        assertThat(tries("proxy", "vera", RIGHT)).isEqualTo(NONE);
        for (var i = 0; i < 25; i++) {
            pass(tries("proxy", "script", "old"));
            tries("proxy", "script", "old");
        }

        assertThat(tries("proxy", "vera", RIGHT)).isEqualTo(NONE);
        fails("proxy", "vera", 5);
        assertThat(tries("proxy", "vera", RIGHT)).as("its own failures count").isPositive();
    }

    @Test
    void shouldLeaveOneGuessToEachNetworkWhereManyGuess() {
        for (var i = 0; i < 101; i++) {
            fails("network " + i, "olga", 1);
        }

        fails("fresh", "olga", 1);
        assertThat(tries("fresh", "olga", "wrong")).isEqualTo(Duration.ofMinutes(1));
        assertThat(tries("home", "olga", RIGHT)).isEqualTo(NONE);
        fails("home", "vera", 4);

        pass(Duration.ofHours(2));
        fails("fresh", "olga", 5);
        assertThat(tries("fresh", "olga", "wrong")).as("forgiven").isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldForgetAfterAnHourWithoutAWrongPassword() {
        fails("x", "olga", 5);
        pass(Duration.ofMinutes(61));

        fails("x", "olga", 5);

        assertThat(tries("x", "olga", "wrong")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldNotLetThroughManyAtOnceBeforeTheFirstIsAnswered() {
        var admitted = IntStream.range(0, 1000)
                .mapToObj(i -> limits.ask("x", "olga", "wrong " + i))
                .filter(LoginRateLimiter.Answer.Admitted.class::isInstance)
                .map(LoginRateLimiter.Answer.Admitted.class::cast)
                .toList();

        assertThat(admitted).hasSize(16);
        admitted.forEach(each -> each.attempt().failed());
        assertThat(tries("x", "olga", "wrong")).as("the wait of sixteen").isEqualTo(LoginTally.LONGEST_WAIT);
        pass(LoginTally.LONGEST_WAIT);
        assertThat(limits.ask("x", "olga", "a")).isInstanceOf(LoginRateLimiter.Answer.Admitted.class);
        assertThat(limits.ask("x", "olga", "b")).isInstanceOf(LoginRateLimiter.Answer.Refused.class);
    }

    @Test
    void shouldLetThroughAnyNumberAtOnceOfWhatCameInBefore() {
        assertThat(tries("x", "olga", RIGHT)).isEqualTo(NONE);

        assertThat(IntStream.range(0, 1000).mapToObj(i -> limits.ask("x", "olga", RIGHT)))
                .allMatch(LoginRateLimiter.Answer.Admitted.class::isInstance);
        assertThat(limits.ask("x", "vera", RIGHT)).isInstanceOf(LoginRateLimiter.Answer.Admitted.class);
    }

    @Test
    void shouldCountAnAttemptOnce() {
        var attempt = ((LoginRateLimiter.Answer.Admitted) limits.ask("x", "olga", "wrong")).attempt();

        for (var i = 0; i < 10; i++) {
            attempt.failed();
            attempt.abandoned();
            attempt.succeeded();
        }

        fails("x", "olga", 4);
        assertThat(tries("x", "olga", "wrong")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldCountNothingForAttemptsThatWereNotDecided() {
        for (var i = 0; i < 100; i++) {
            ((LoginRateLimiter.Answer.Admitted) limits.ask("x", "olga", "wrong"))
                    .attempt()
                    .abandoned();
        }

        assertThat(tries("x", "olga", RIGHT)).isEqualTo(NONE);
    }

    /** There is room for 10,000 networks and 20,000 names. More strangers than that must not displace the guesser. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotForgetAGuesserForStrangers(int failuresOfEach) {
        fails("x", "olga", 5);
        pass(Duration.ofSeconds(1));
        fails("x", "olga", 1);
        pass(Duration.ofSeconds(2));
        fails("x", "olga", 1);

        for (var i = 0; i < 25_000; i++) {
            fails("network " + i, "name " + i, failuresOfEach);
        }

        assertThat(tries("x", "olga", "wrong")).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void shouldKeepItsMemoryBounded() {
        var longName = "n".repeat(8000);
        for (var i = 0; i < 30_000; i++) {
            tries("network " + i, longName + i, "wrong");
        }

        assertThat(limits.size()).isEqualTo(30_000);
    }
}
