package dev.errand.engine.parking.view;

import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;

/** Creates lists for tests in other packages. */
public final class ParkedActionLists {

    private ParkedActionLists() {}

    public static ParkedActionList of(Queries queries, Masking masking) {
        return new ParkedActionList(queries, masking);
    }
}
