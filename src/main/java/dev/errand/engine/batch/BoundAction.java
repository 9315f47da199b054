package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.record.InFlightRecord;
import java.util.List;

/**
 * An action whose payload has been bound and validated for its handlers.
 *
 * @param index its record's index in the batch, from 0
 * @param record the record that it was read from
 * @param action the action, with its payload as JSON text
 * @param runs its handlers' runs, in their order; empty if its type has no handler
 */
record BoundAction(int index, InFlightRecord record, Action<String> action, List<Run<?>> runs) {}
