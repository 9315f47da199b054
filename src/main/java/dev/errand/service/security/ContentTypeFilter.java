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
 * Refuses requests that change something and have a body that is neither JSON nor a form. A page of another site can't
 * send JSON without permission (CORS), and a form needs the token of one of Errand's pages (quarkus-rest-csrf). A form
 * or a script of another site could send any other body with the log-in of the browser's user: {@code text/plain},
 * {@code multipart/form-data}, or a body without a type. For requests without a body see {@link CrossSiteFilter}.
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
            // A body may follow whatever the headers say, and if it is awaited here, no resource can read it any more.
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
                    "a request that changes something needs a JSON body with Content-Type: application/json,"
                            + " or neither a body nor a type");
        }
    }

    /** A type that is given twice could be read either way, so it is refused. */
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
