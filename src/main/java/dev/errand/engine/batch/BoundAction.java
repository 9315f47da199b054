package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.record.InFlightRecord;
import java.util.List;

/**
 * An action that was read, bound and checked.
 *
 * @param index of its delivery in the batch, from 0
 * @param delivery what it was read from
 * @param action with its payload as JSON text
 * @param runs what its handlers do, in their order; empty where its type has none
 */
record BoundAction(int index, InFlightRecord delivery, Action<String> action, List<Run<?>> runs) {}
