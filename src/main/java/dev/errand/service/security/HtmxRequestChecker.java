package dev.errand.service.security;

import io.quarkus.oidc.JavaScriptRequestChecker;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/**
 * Requests by which htmx renews parts of a page: when the log-in has run out, they get the status 499 instead of being led to
 * the provider, where no script may follow, and the page loads itself anew.
 */
@Singleton
final class HtmxRequestChecker implements JavaScriptRequestChecker {

    @Override
    public boolean isJavaScriptRequest(RoutingContext context) {
        return "true".equals(context.request().getHeader("HX-Request"));
    }
}
