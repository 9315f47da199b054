package dev.errand.service.web;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** An error in the form of <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>. */
public final class Problem extends WebApplicationException {

    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final long serialVersionUID = 1;

    /**
     * @param status the HTTP status, 400 or above
     * @param title what is wrong
     * @param detail the details, and what to do
     */
    public Problem(int status, String title, String detail) {
        super(title + ": " + detail, response(status, title, detail, Map.of()).build());
    }

    /**
     * An answer in this form.
     *
     * @param more further members, which follow those of RFC 9457
     */
    public static Response.ResponseBuilder response(int status, String title, String detail, Map<String, ?> more) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("status", status);
        members.put("title", title);
        members.put("detail", detail);
        members.putAll(more);
        return Response.status(status)
                .header(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
                .entity(members);
    }
}
