package dev.errand.service.security;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what another site's page makes a browser send with the log-in of its user: a request that changes something and
 * that the browser says comes from elsewhere. By the header {@code Sec-Fetch-Site} (W3C Fetch Metadata), in older browsers
 * by {@code Origin}. Programs that are no browsers send neither. The console's forms have
 * tokens besides, and {@link ContentTypeFilter} leaves no other way to send something that a page of another site could send.
 */
@Singleton
final class CrossSiteFilter {

    /** Methods that change nothing. */
    static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    /** Before log-in and all routes. */
    private static final int FIRST = 10_000;

    void register(@Observes Filters filters) {
        filters.register(CrossSiteFilter::check, FIRST);
    }

    private static void check(RoutingContext context) {
        var request = context.request();
        if (SAFE.contains(request.method()) || isOwn(request)) {
            context.next();
        } else {
            ProblemResponse.answer(
                    context,
                    403,
                    "The request comes from another site's page",
                    "only Errand's own pages, and programs that are no browsers, may change things");
        }
    }

    private static boolean isOwn(HttpServerRequest request) {
        var site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        var origin = request.getHeader("Origin");
        return origin == null || isAt(origin, request.authority());
    }

    private static boolean isAt(String origin, @Nullable HostAndPort own) {
        try {
            return own != null
                    && own.toString().equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
