package dev.errand.intake;

import dev.errand.action.Original;
import org.jspecify.annotations.Nullable;

/** Reads records of one {@link Form}. Immutable and thread-safe. */
interface FormReader {

    /**
     * Reads what a record says.
     *
     * @throws Unfit if it is not of this form
     */
    Envelope read(Original record) throws Unfit;

    /** Whose record it is, its key apart; null where it doesn't say. */
    default @Nullable String user(Original record) throws Unfit {
        return read(record).user;
    }
}
