package dev.errand.service.rest;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the views of a failed action show when its type is masked. */
@QuarkusTest
class MaskedFailuresTest {

    private static final String SECRET = "my-secret-iban";

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @Inject
    Queries queries;

    @Inject
    ObjectMapper json;

    @Test
    void shouldShowNothingThatQuotesThePayload() throws SQLException, JsonProcessingException {
        var user = newUser();
        publisher.publish(
                record(newId(), "order.placed", user, "{\"orderId\":\"o-1\",\"totalCents\":\"" + SECRET + "\"}"));
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 1);
        var id = database.parkedAction(user);
        edit(id, "{\"payload\":{\"orderId\":\"\",\"note\":\"" + SECRET + "\"}}").statusCode(200);
        var open = new ParkedActionList(queries, new Masking(Optional::empty));
        var masked = new ParkedActionList(queries, new Masking(() -> Optional.of(List.of("order.*"))));

        assertThat(views(open, id)).allSatisfy(view -> assertThat(view).contains(SECRET));
        assertThat(views(masked, id)).allSatisfy(view -> assertThat(view).doesNotContain(SECRET));
    }

    /** The error of the action quotes the payload, and the audit entry of the edit contains it. */
    private List<String> views(ParkedActionList list, long id) throws SQLException, JsonProcessingException {
        return List.of(json.writeValueAsString(list.find(id)), json.writeValueAsString(list.audit(id, null, 50)));
    }
}
