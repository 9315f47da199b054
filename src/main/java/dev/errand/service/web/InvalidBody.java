package dev.errand.service.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.InvalidParameterException.Wrong;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says which field of a request's JSON body is wrong. */
@Provider
public class InvalidBody implements ReaderInterceptor {

    @Override
    public @Nullable Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        try {
            return context.proceed();
        } catch (JsonProcessingException e) {
            throw wrong(e);
        } catch (WebApplicationException e) {
            throw e.getCause() instanceof JsonProcessingException cause ? wrong(cause) : e;
        }
    }

    private static InvalidParameterException wrong(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            var known = unknown.getKnownPropertyIds().stream()
                    .map(String::valueOf)
                    .sorted()
                    .toList();
            return of(unknown, "", "no such field, only " + String.join(", ", known));
        }
        if (e instanceof InvalidFormatException format) {
            return of(format, String.valueOf(format.getValue()), wanted(format.getTargetType()));
        }
        if (e.getCause() instanceof InputCoercionException number && e instanceof JsonMappingException mapping) {
            return of(mapping, "too large a number", wanted(number.getTargetType()));
        }
        if (e instanceof MismatchedInputException mismatched) {
            return of(mismatched, "another kind of JSON", wanted(mismatched.getTargetType()));
        }
        return new InvalidParameterException(new Wrong(In.BODY, "the body", e.getOriginalMessage(), "valid JSON"));
    }

    private static InvalidParameterException of(JsonMappingException e, String value, String wanted) {
        var path = e.getPath().stream()
                .map(each -> each.getFieldName() == null ? String.valueOf(each.getIndex()) : each.getFieldName())
                .collect(Collectors.joining("."));
        return new InvalidParameterException(new Wrong(In.BODY, path.isEmpty() ? "the body" : path, value, wanted));
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == null) {
            return "what the API's description says";
        }
        if (type == Instant.class) {
            return StrictParameters.TIME;
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number, as a JSON number";
        }
        return type == String.class ? "a text" : "a JSON object";
    }
}
