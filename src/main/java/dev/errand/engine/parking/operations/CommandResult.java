package dev.errand.engine.parking.operations;

import dev.errand.engine.parking.ParkedState;

/** The result of an operator's command on a parked action. */
public sealed interface CommandResult {

    /** The command was carried out, now or before: repeating it changes nothing more. */
    record Done(ParkedState state) implements CommandResult {}

    /**
     * The command does not apply to an action in this state.
     *
     * @param why tells the operator the reason, and what to do instead
     */
    record Refused(ParkedState state, String why) implements CommandResult {}

    /**
     * The new payload or action is not valid.
     *
     * @param why tells the operator the reason
     */
    record Unfit(String why) implements CommandResult {}

    /** There is no such parked action. */
    record Unknown() implements CommandResult {}
}
