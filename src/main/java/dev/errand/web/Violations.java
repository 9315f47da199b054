package dev.errand.web;

import dev.errand.web.WrongParameter.In;
import dev.errand.web.WrongParameter.Wrong;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parameters that are of the right type and out of their range are told like those that are not. */
@Provider
@Priority(1)
public class Violations implements ExceptionMapper<ConstraintViolationException> {

    private final WrongParameterMapper mapper;
    private final ResourceInfo resource;

    @Inject
    Violations(WrongParameterMapper mapper, ResourceInfo resource) {
        this.mapper = mapper;
        this.resource = resource;
    }

    @Override
    public Response toResponse(ConstraintViolationException e) {
        var wrong = e.getConstraintViolations().stream()
                .map(this::wrong)
                .sorted(Comparator.comparing(Wrong::name))
                .toList();
        return mapper.toResponse(new WrongParameter(wrong));
    }

    private Wrong wrong(ConstraintViolation<?> violation) {
        var parameter = parameter(violation.getPropertyPath());
        var fields = fields(violation.getPropertyPath());
        var value = violation.getInvalidValue();
        var shown = value == null ? null : value.toString();
        if (parameter != null && fields.isEmpty()) {
            var query = parameter.getAnnotation(QueryParam.class);
            var path = parameter.getAnnotation(PathParam.class);
            var form = parameter.getAnnotation(FormParam.class);
            if (query != null) {
                return new Wrong(In.QUERY, query.value(), shown, violation.getMessage());
            }
            if (path != null) {
                return new Wrong(In.PATH, path.value(), shown, violation.getMessage());
            }
            if (form != null) {
                return new Wrong(In.FORM, form.value(), shown, violation.getMessage());
            }
        }
        return new Wrong(
                In.BODY, fields.isEmpty() ? "the body" : String.join(".", fields), shown, violation.getMessage());
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
