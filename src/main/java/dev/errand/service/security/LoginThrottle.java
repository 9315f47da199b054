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
 * Slows down password guessing (basic authentication): where {@link LoginRateLimiter} says so, a request with a name
 * and a password is refused with 429 before the password is checked. No thread waits. The address is the one that
 * Quarkus reports as the client's: behind a proxy it is the proxy's, unless {@code quarkus.http.proxy} names the
 * proxies to trust.
 */
@Singleton
final class LoginThrottle {

    private static final Logger LOG = Logger.getLogger(LoginThrottle.class);
    private static final RateLimitedLog.Kind WRONG = new RateLimitedLog.Kind(
            LoginThrottle.class, Logger.Level.WARN, "log-in", "failed with wrong passwords and have to wait");

    private static final String ATTEMPT = LoginThrottle.class.getName();
    private static final String BASIC = "basic ";

    /** After {@link CrossSiteFilter} and {@link ContentTypeFilter}, before log-in. */
    private static final int THIRD = 9_800;

    private final LoginRateLimiter limits = new LoginRateLimiter(System::nanoTime);
    private final RateLimitedLog log;
    private final boolean trustsProxies;
    private final Counter wrong;
    private final Counter refused;

    @Inject
    LoginThrottle(
            MeterRegistry registry,
            RateLimitedLog log,
            @ConfigProperty(name = "quarkus.http.proxy.proxy-address-forwarding", defaultValue = "false")
                    boolean trustsProxies) {
        this.log = log;
        this.trustsProxies = trustsProxies;
        this.wrong = counter(registry, "wrong-password");
        this.refused = counter(registry, "too-many");
    }

    private static Counter counter(MeterRegistry registry, String reason) {
        return Counter.builder("errand.login.failures")
                .description("Log-ins by name and password that failed, or were refused because too many had failed")
                .tag("reason", reason)
                .register(registry);
    }

    /** The credentials of a request. */
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
                    "try again in " + seconds + " s; until then the right password is refused too");
        } else if (answer instanceof LoginRateLimiter.Answer.Admitted admitted) {
            context.put(ATTEMPT, admitted.attempt());
            context.addEndHandler(end -> admitted.attempt().abandoned());
            context.next();
        }
    }

    /** Reads the header as Quarkus does. A header that can't be read counts as a wrong password. */
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
        var proxy = !trustsProxies
                && (request.headers().contains("X-Forwarded-For")
                        || request.headers().contains("Forwarded"));
        LOG.warnf(
                "Log-ins from %s fail with wrong passwords: the next attempt is admitted after %d s%s",
                ClientNetwork.of(request.remoteAddress()),
                wait.toSeconds(),
                proxy
                        ? ". This is the address of a proxy, so all clients behind it have to wait: set"
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
