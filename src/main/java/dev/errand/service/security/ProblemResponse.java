package dev.errand.service.security;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Answers requests that reach no resource, in the form of RFC 9457. */
final class ProblemResponse {

    private ProblemResponse() {}

    /**
     * Ends the request.
     *
     * @param title what is wrong
     * @param detail the details, and what to do
     */
    static void answer(RoutingContext context, int status, String title, String detail) {
        var request = context.request();
        if (!request.isEnded()) {
            // An unread body would be taken for the beginning of the connection's next request.
            request.resume();
        }
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .end(new JsonObject()
                        .put("status", status)
                        .put("title", title)
                        .put("detail", detail)
                        .encode());
    }
}
