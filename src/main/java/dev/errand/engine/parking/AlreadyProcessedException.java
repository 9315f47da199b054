package dev.errand.engine.parking;

/** An attempt is made at an action whose effects are there: nothing of the attempt is to stay. */
public final class AlreadyProcessedException extends RuntimeException {

    private static final long serialVersionUID = 1;
}
