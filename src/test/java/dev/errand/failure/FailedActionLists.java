package dev.errand.failure;

import dev.errand.query.Masking;
import dev.errand.query.Queries;

/** Makes lists for tests of other packages. */
public final class FailedActionLists {

    private FailedActionLists() {}

    public static FailedActionList of(Queries queries, Masking masking) {
        return new FailedActionList(queries, masking);
    }
}
