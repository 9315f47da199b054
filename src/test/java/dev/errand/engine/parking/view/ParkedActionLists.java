package dev.errand.engine.parking.view;

import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;

/** Makes lists for tests of other packages. */
public final class ParkedActionLists {

    private ParkedActionLists() {}

    public static ParkedActionList of(Queries queries, Masking masking) {
        return new ParkedActionList(queries, masking);
    }
}
