package dev.errand.service.web;

import dev.errand.service.web.InvalidParameterException.Wrong;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Names the wrong parameter and what would be valid: to programs as an RFC 9457 problem, to people on a page of the
 * console.
 */
@Provider
public class InvalidParameterMapper implements ExceptionMapper<InvalidParameterException> {

    static final String TITLE = "A parameter is invalid";

    private final UriInfo uri;
    private final Instance<ProblemPage> pages;

    @Inject
    InvalidParameterMapper(UriInfo uri, Instance<ProblemPage> pages) {
        this.uri = uri;
        this.pages = pages;
    }

    @Override
    public Response toResponse(InvalidParameterException e) {
        var detail = e.all().stream().map(Wrong::inWords).collect(Collectors.joining("; "));
        return uri.getRequestUri().getPath().startsWith("/console")
                ? pages.get().of(400, TITLE, detail)
                : problem(e.all(), detail);
    }

    private static Response problem(List<Wrong> all, String detail) {
        var first = all.get(0);
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("parameter", first.name());
        more.put("in", in(first));
        more.put(
                "violations",
                all.stream().map(InvalidParameterMapper::violation).toList());
        if (first.value() != null) {
            more.put("value", first.value());
        }
        return Problem.response(400, TITLE, detail, more).build();
    }

    private static Map<String, String> violation(Wrong wrong) {
        return Map.of("field", wrong.name(), "in", in(wrong), "message", wrong.wanted());
    }

    private static String in(Wrong wrong) {
        return wrong.in().name().toLowerCase(Locale.ROOT);
    }
}
