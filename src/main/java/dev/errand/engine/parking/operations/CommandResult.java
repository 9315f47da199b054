package dev.errand.engine.parking.operations;

import dev.errand.engine.parking.ParkedState;

/** What putting a failed action right came to. */
public sealed interface CommandResult {

    /** It was done, or had been done before: asking again changes nothing more. */
    record Done(ParkedState state) implements CommandResult {}

    /**
     * It can't be done to an action in this state.
     *
     * @param why for a person, with what to do instead
     */
    record Refused(ParkedState state, String why) implements CommandResult {}

    /**
     * What it was to be edited to can't be taken.
     *
     * @param why for a person
     */
    record Unfit(String why) implements CommandResult {}

    /** There is no such failed action. */
    record Unknown() implements CommandResult {}
}
