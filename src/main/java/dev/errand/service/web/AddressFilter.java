package dev.errand.service.web;

import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.InvalidParameterException.Wrong;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses ambiguous request addresses: bytes that are not UTF-8, which would be decoded to U+FFFD and thereby to
 * another id, and a query parameter that is given twice, of which only one would be used.
 */
@Provider
@PreMatching
public class AddressFilter implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
        var uri = request.getUriInfo().getRequestUri();
        var path = uri.getRawPath();
        if (path != null && decoded(path) == null) {
            throw new InvalidParameterException(new Wrong(In.PATH, "the path", path, "percent-encoded UTF-8"));
        }
        var query = uri.getRawQuery();
        if (query != null) {
            check(query);
        }
    }

    private static void check(String query) {
        Set<String> names = new HashSet<>();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            var value = equals < 0 ? "" : pair.substring(equals + 1);
            var called = decoded(name);
            if (called == null || decoded(value) == null) {
                throw new InvalidParameterException(
                        new Wrong(In.QUERY, called == null ? name : called, value, "percent-encoded UTF-8"));
            }
            if (!called.isEmpty() && !names.add(called)) {
                throw new InvalidParameterException(new Wrong(In.QUERY, called, value, "to be given once"));
            }
        }
    }

    /** Returns null if the text is not percent-encoded UTF-8. */
    static @Nullable String decoded(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            var each = text.charAt(i);
            if (each == '%') {
                int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
                if (low < 0) {
                    return null;
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (each < 0x80) {
                bytes.write(each);
            } else {
                bytes.writeBytes(String.valueOf(each).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
