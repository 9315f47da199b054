package dev.errand.work;

/** An attempt is made at an action whose effects are there: nothing of the attempt is to stay. */
final class AlreadyProcessed extends RuntimeException {

    private static final long serialVersionUID = 1;
}
