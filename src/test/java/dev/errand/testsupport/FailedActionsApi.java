package dev.errand.testsupport;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

/** Commands on failed actions by the API of the running application, as an operator gives them. */
public final class FailedActionsApi {

    private FailedActionsApi() {}

    /** @param body with another {@code payload}, or with another {@code action} for what could not be read */
    public static ValidatableResponse edit(long id, String body) {
        return post(id, "edit", body);
    }

    /** @param body with the {@code reason} */
    public static ValidatableResponse discard(long id, String body) {
        return post(id, "discard", body);
    }

    private static ValidatableResponse post(long id, String command, String body) {
        return People.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/failed-actions/{id}/{command}", id, command)
                .then();
    }
}
