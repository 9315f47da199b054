package dev.errand.engine.parking;

/** The effects of an action are committed already: an attempt at it must be rolled back. */
public final class AlreadyProcessedException extends RuntimeException {

    private static final long serialVersionUID = 1;
}
