package dev.errand.engine.parking.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.errand.action.RecordPosition;
import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.record.ActionReader;
import dev.errand.engine.record.DecodedRecord;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;

/** Edits parked actions, by the same rules that apply to published ones. Thread-safe. */
@Singleton
public class ActionEditor {

    private final ParkedActionList failed;
    private final ParkedActionCommands commands;
    private final ActionReader reader;
    private final ObjectReader json;

    @Inject
    ActionEditor(ParkedActionList failed, ParkedActionCommands commands, ActionReader reader, ObjectMapper json) {
        this.failed = failed;
        this.commands = commands;
        this.reader = reader;
        this.json = json.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * Retries a readable action with another payload.
     *
     * @param payload JSON
     * @param actor the operator, for the audit
     */
    public CommandResult withPayload(long seq, String payload, String actor) throws SQLException {
        try {
            // First by itself: text that is no JSON value of its own could become one inside an action's envelope.
            json.readTree(payload);
        } catch (JsonProcessingException e) {
            return new CommandResult.Unfit("the payload is not valid JSON: " + e.getOriginalMessage());
        }
        var unfit = reader.unfitPayload(payload);
        return unfit.isPresent() ? new CommandResult.Unfit(unfit.get()) : commands.retry(seq, payload, actor);
    }

    /**
     * Corrects a record that can't be read, or whose identity belongs to another action.
     *
     * @param action plain JSON, as it should have been published
     * @param actor the operator, for the audit
     */
    public CommandResult withAction(long seq, String action, String actor) throws SQLException {
        var found = failed.item(seq);
        if (found.isEmpty()) {
            return new CommandResult.Unknown();
        }
        var item = found.get();
        var decoded = reader.read(action, new RecordPosition(item.topic(), item.partition(), item.offset()));
        return decoded instanceof DecodedRecord.ReadableRecord readable
                ? commands.correct(seq, readable.action(), actor)
                : new CommandResult.Unfit(((DecodedRecord.UnreadableRecord) decoded).reason());
    }
}
