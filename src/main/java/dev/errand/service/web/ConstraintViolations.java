package dev.errand.service.web;

import dev.errand.service.web.InvalidParameterException.In;
import dev.errand.service.web.InvalidParameterException.Wrong;
import dev.errand.service.web.StrictParameters.Place;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports parameters that violate a constraint in the same form as parameters of the wrong type. */
@Provider
@Priority(1)
public class ConstraintViolations implements ExceptionMapper<ConstraintViolationException> {

    private final InvalidParameterMapper mapper;
    private final ResourceInfo resource;

    @Inject
    ConstraintViolations(InvalidParameterMapper mapper, ResourceInfo resource) {
        this.mapper = mapper;
        this.resource = resource;
    }

    @Override
    public Response toResponse(ConstraintViolationException e) {
        var wrong = e.getConstraintViolations().stream()
                .map(this::wrong)
                .sorted(Comparator.comparing(Wrong::name))
                .toList();
        return mapper.toResponse(new InvalidParameterException(wrong));
    }

    private Wrong wrong(ConstraintViolation<?> violation) {
        var parameter = parameter(violation.getPropertyPath());
        var fields = fields(violation.getPropertyPath());
        var value = violation.getInvalidValue();
        var shown = value == null ? null : value.toString();
        var message = violation.getMessage();
        if (parameter != null && fields.isEmpty()) {
            var place = Place.of(parameter.getAnnotations());
            if (place.isPresent()) {
                return new Wrong(place.get().in(), place.get().name(), shown, message);
            }
        }
        return new Wrong(In.BODY, fields.isEmpty() ? "the body" : String.join(".", fields), shown, message);
    }

    private @Nullable Parameter parameter(Path path) {
        for (var node : path) {
            if (node.getKind() == ElementKind.PARAMETER) {
                int index = node.as(Path.ParameterNode.class).getParameterIndex();
                return resource.getResourceMethod().getParameters()[index];
            }
        }
        return null;
    }

    private static List<String> fields(Path path) {
        List<String> fields = new ArrayList<>();
        for (var node : path) {
            if (node.getKind() == ElementKind.PROPERTY) {
                fields.add(node.getName());
            }
        }
        return fields;
    }
}
