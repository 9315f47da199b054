package dev.errand.service.rest;

import dev.errand.engine.query.Download;
import dev.errand.service.web.Problem;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/** Answers that are a whole stored value, of any size. */
final class Downloads {

    /** Explains the field {@code truncated} in descriptions of the API. */
    static final String TRUNCATED =
            "The field truncated lists the values that are cut, or left out because a part of them would not be valid"
                    + " JSON, with the size of the whole value in bytes and the address to download it from.";

    private Downloads() {}

    /**
     * @param mediaType the value's media type; a browser saves the value and does not display it
     * @param fileName the name under which a browser saves it
     */
    static Response of(Download download, String mediaType, String fileName) {
        if (download instanceof Download.Found found) {
            StreamingOutput output = found::writeTo;
            return Response.ok(output, mediaType)
                    .header("Content-Length", found.bytes())
                    .header("Content-Disposition", "attachment; filename=\"" + fileName + "\"")
                    .build();
        }
        if (download instanceof Download.Masked) {
            throw new Problem(
                    403,
                    "The value is masked",
                    "errand.masking.types hides payloads, headers and everything that may quote them, for this type or because"
                            + " the type of the record is unknown");
        }
        throw new Problem(404, "There is no such value", "there is no such action, or it has no such value");
    }
}
