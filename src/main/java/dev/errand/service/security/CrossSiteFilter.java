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
 * Refuses cross-site request forgery: requests that change something and that, as the browser reports, come from a page
 * of another site. It checks the header {@code Sec-Fetch-Site} (W3C Fetch Metadata), or {@code Origin} in older
 * browsers; programs other than browsers send neither. In addition, the console's forms have tokens, and {@link
 * ContentTypeFilter} refuses all other bodies that a page of another site could send.
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
