package dev.errand.testsupport;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import jakarta.inject.Singleton;
import java.util.Map;

/** A handler that always fails, of a type whose dead actions block nobody. */
@Handles("test.skipped")
@Singleton
class SkippedProbe implements ActionHandler<Map<String, Object>> {

    @Override
    public void handle(Action<Map<String, Object>> action) {
        throw new NonRetryableException("on purpose");
    }
}
