package dev.errand.service.security;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Refuses requests that change something with a body that is neither JSON nor a form. JSON no page of another site can send
 * without being allowed to (CORS), a form needs the token of a page of Errand's (quarkus-rest-csrf). All else a form or a script
 * of another site could send with the log-in of the browser's user: {@code text/plain}, {@code multipart/form-data}, a body that
 * does not say what it is. A request without a body is none of this class's concern; see {@link CrossSiteFilter}.
 */
@Singleton
final class ContentTypeFilter {

    private static final Pattern TAKEN =
            Pattern.compile("application/(json|[a-z0-9!#$&^_.-]+\\+json|x-www-form-urlencoded)");

    /** After {@link CrossSiteFilter}, before log-in and all routes. */
    private static final int SECOND = 9_900;

    void register(@Observes Filters filters) {
        filters.register(ContentTypeFilter::check, SECOND);
    }

    private static void check(RoutingContext context) {
        var request = context.request();
        var types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (CrossSiteFilter.SAFE.contains(request.method())) {
            context.next();
        } else if (!types.isEmpty()) {
            decide(context, isTaken(types));
        } else if (hasLength(request)) {
            decide(
                    context,
                    request.getHeader(HttpHeaders.CONTENT_LENGTH).strip().equals("0"));
        } else if (request.version() == HttpVersion.HTTP_2) {
            // There a body may follow whatever the head says, and what was waited for no resource can be given any
            // more.
            decide(context, false);
        } else if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            decideWhenItHasCome(context);
        } else {
            context.next();
        }
    }

    private static void decide(RoutingContext context, boolean taken) {
        if (taken) {
            context.next();
        } else {
            ProblemResponse.answer(
                    context,
                    415,
                    "The body is not JSON",
                    "what changes something has a JSON body and says so (Content-Type: application/json), or has neither");
        }
    }

    /** One that is given twice could be read either way. */
    private static boolean isTaken(List<String> types) {
        return types.size() == 1
                && TAKEN.matcher(types.get(0).split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                        .matches();
    }

    private static boolean hasLength(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH);
    }

    private static void decideWhenItHasCome(RoutingContext context) {
        var request = context.request();
        request.handler(data -> {
            if (data.length() > 0 && !context.response().ended()) {
                decide(context, false);
            }
        });
        request.endHandler(end -> {
            if (!context.response().ended()) {
                decide(context, true);
            }
        });
        request.resume();
    }
}
