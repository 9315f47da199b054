package dev.errand.service.rest;

import dev.errand.engine.query.Download;
import dev.errand.service.web.Problem;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/** Values as a whole, however large, as answers. */
final class Downloads {

    /** For descriptions. */
    static final String TRUNCATED =
            "truncated tells of which values the answer has only the beginning, or nothing where half of it would be no JSON:"
                    + " with the size of the whole value in bytes, and where it can be downloaded.";

    private Downloads() {}

    /**
     * @param mediaType what it is; a browser saves it and shows nothing of it
     * @param fileName as which it is saved
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
                    "errand.masking.types hides payloads, headers and what may quote them: of this type, or of a record of which"
                            + " nobody knows what it was");
        }
        throw new Problem(
                404, "There is no such value", "there is no such action, or nothing is stored of what was asked for");
    }
}
