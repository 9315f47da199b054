package dev.errand.service.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.errand.engine.logging.RateLimitedLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.spi.runtime.AuthenticationFailureEvent;
import io.quarkus.security.spi.runtime.AuthenticationSuccessEvent;
import io.quarkus.security.spi.runtime.SecurityEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Base64;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses passwords (basic authentication): requests with a name and a password are refused with 429 before the
 * password is looked at, where {@link LoginRateLimiter} says so. No thread waits for it. The address is the one that Quarkus takes for
 * the client's: behind a proxy the proxy's, unless {@code quarkus.http.proxy} says whom to believe.
 */
@Singleton
final class LoginThrottle {

    private static final Logger LOG = Logger.getLogger(LoginThrottle.class);
    private static final RateLimitedLog.Kind WRONG = new RateLimitedLog.Kind(
            LoginThrottle.class, Logger.Level.WARN, "log-in", "failed for their passwords and have to wait");

    private static final String ATTEMPT = LoginThrottle.class.getName();
    private static final String BASIC = "basic ";

    /** After {@link CrossSiteFilter} and {@link ContentTypeFilter}, before log-in. */
    private static final int THIRD = 9_800;

    private final LoginRateLimiter limits = new LoginRateLimiter(System::nanoTime);
    private final RateLimitedLog log;
    private final boolean believesProxies;
    private final Counter wrong;
    private final Counter refused;

    @Inject
    LoginThrottle(
            MeterRegistry registry,
            RateLimitedLog log,
            @ConfigProperty(name = "quarkus.http.proxy.proxy-address-forwarding", defaultValue = "false")
                    boolean believesProxies) {
        this.log = log;
        this.believesProxies = believesProxies;
        this.wrong = counter(registry, "wrong-password");
        this.refused = counter(registry, "too-many");
    }

    private static Counter counter(MeterRegistry registry, String reason) {
        return Counter.builder("errand.login.failures")
                .description("Log-ins by name and password that failed, or were refused because too many had")
                .tag("reason", reason)
                .register(registry);
    }

    /** What a request brings to log in with. */
    private record Login(String name, String password) {}

    void register(@Observes Filters filters) {
        filters.register(this::ask, THIRD);
    }

    private void ask(RoutingContext context) {
        var login = login(context.request());
        if (login == null) {
            context.next();
            return;
        }
        var answer = limits.ask(ClientNetwork.of(context.request().remoteAddress()), login.name(), login.password());
        if (answer instanceof LoginRateLimiter.Answer.Refused refusal) {
            refused.increment();
            var seconds = Math.max(1, refusal.retryAfter().plusMillis(999).toSeconds());
            context.response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
            ProblemResponse.answer(
                    context,
                    429,
                    "Too many wrong passwords",
                    "try again in " + seconds + " s, also with the right one");
        } else if (answer instanceof LoginRateLimiter.Answer.Admitted admitted) {
            context.put(ATTEMPT, admitted.attempt());
            context.addEndHandler(end -> admitted.attempt().abandoned());
            context.next();
        }
    }

    /** As Quarkus reads it. What it can't read is a wrong password too. */
    private static @Nullable Login login(HttpServerRequest request) {
        for (var header : request.headers().getAll(HttpHeaders.AUTHORIZATION)) {
            if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
                try {
                    var text = new String(Base64.getDecoder().decode(header.substring(BASIC.length())), UTF_8);
                    var colon = text.indexOf(':');
                    return colon < 0
                            ? new Login("", text)
                            : new Login(text.substring(0, colon), text.substring(colon + 1));
                } catch (IllegalArgumentException e) {
                    return new Login("", header);
                }
            }
        }
        return null;
    }

    void succeeded(@Observes AuthenticationSuccessEvent event) {
        var attempt = attempt(context(event));
        if (attempt != null) {
            attempt.succeeded();
        }
    }

    void failed(@Observes AuthenticationFailureEvent event) {
        var context = context(event);
        var attempt = attempt(context);
        if (context == null || attempt == null) {
            return;
        }
        if (event.getAuthenticationFailure() instanceof AuthenticationFailedException) {
            wrong.increment();
            var wait = attempt.failed();
            if (!wait.isZero()) {
                log.log(WRONG, () -> tell(context.request(), wait));
            }
        } else {
            attempt.abandoned();
        }
    }

    private void tell(HttpServerRequest request, Duration wait) {
        var proxy = !believesProxies
                && (request.headers().contains("X-Forwarded-For")
                        || request.headers().contains("Forwarded"));
        LOG.warnf(
                "Log-ins from %s fail for their passwords: the next attempt is let through after %d s%s",
                ClientNetwork.of(request.remoteAddress()),
                wait.toSeconds(),
                proxy
                        ? ". That is a proxy's address, so that all who come through it wait: set"
                                + " quarkus.http.proxy.proxy-address-forwarding and .trusted-proxies"
                        : "");
    }

    private static @Nullable RoutingContext context(SecurityEvent event) {
        return (RoutingContext) event.getEventProperties().get(RoutingContext.class.getName());
    }

    private static LoginRateLimiter.@Nullable Attempt attempt(@Nullable RoutingContext context) {
        return context == null ? null : context.get(ATTEMPT);
    }
}
