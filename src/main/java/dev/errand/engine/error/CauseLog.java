package dev.errand.engine.error;

import org.jboss.logging.Logger;

/**
 * Logs the causes of failures at level DEBUG. Messages of exceptions may quote payloads, also those of records whose type is not
 * known. So if any type is masked, only the classes of exceptions are logged. Immutable and thread-safe.
 *
 * @param quoted whether messages may be logged
 */
public record CauseLog(boolean quoted) {

    public void tell(Logger log, Throwable cause) {
        if (quoted) {
            log.debug("The cause is", cause);
        } else {
            log.debugf(
                    "The cause is %s", ErrorClassifier.guilty(cause).getClass().getName());
        }
    }

    public void tell(Logger log, String reason) {
        if (quoted) {
            log.debugf("The cause is: %s", reason);
        }
    }
}
