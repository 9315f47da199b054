package dev.errand.service.security;

import io.quarkus.oidc.JavaScriptRequestChecker;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/**
 * Recognises the requests by which htmx updates parts of a page. When the log-in has expired they get the status 499 in
 * place of a redirect to the provider, which a script could not follow; the page then reloads itself.
 */
@Singleton
final class HtmxRequestChecker implements JavaScriptRequestChecker {

    @Override
    public boolean isJavaScriptRequest(RoutingContext context) {
        return "true".equals(context.request().getHeader("HX-Request"));
    }
}
