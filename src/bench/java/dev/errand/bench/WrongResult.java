package dev.errand.bench;

/** A contender did not do its work, or did it wrong: its figures are worth nothing. */
final class WrongResult extends RuntimeException {

    private static final long serialVersionUID = 1;

    WrongResult(String message) {
        super(message);
    }
}
