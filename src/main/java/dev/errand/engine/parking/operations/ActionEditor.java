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

/** Edits failed actions, by the rules that published ones are held to. Thread-safe. */
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
     * Tries an action that can be read again with another payload.
     *
     * @param payload JSON
     * @param actor who does it
     */
    public CommandResult withPayload(long seq, String payload, String actor) throws SQLException {
        try {
            // By itself first: inside the envelope of an action, half of one would do.
            json.readTree(payload);
        } catch (JsonProcessingException e) {
            return new CommandResult.Unfit("the payload is not valid JSON: " + e.getOriginalMessage());
        }
        var unfit = reader.unfitPayload(payload);
        return unfit.isPresent() ? new CommandResult.Unfit(unfit.get()) : commands.retry(seq, payload, actor);
    }

    /**
     * Says what a record that can't be read was meant to be.
     *
     * @param action plain JSON, as it should have been published
     * @param actor who does it
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
