package dev.errand.dev.embedded;

/** An embedded service could not be started; the message says why and what to do. */
final class EmbeddedServiceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EmbeddedServiceException(String message) {
        super(message);
    }

    EmbeddedServiceException(String message, Throwable cause) {
        super(message, cause);
    }
}
