package dev.errand.engine.error;

import org.jboss.logging.Logger;

/**
 * Why something failed, at level DEBUG. Such texts may quote payloads, also of a record of which nobody knows what it was: where any
 * type is masked, only classes are told. Immutable and thread-safe.
 *
 * @param quoted whether texts may be told
 */
public record CauseLog(boolean quoted) {

    public void tell(Logger log, Throwable cause) {
        if (quoted) {
            log.debug("Because", cause);
        } else {
            log.debugf("Because of %s", ErrorClassifier.guilty(cause).getClass().getName());
        }
    }

    public void tell(Logger log, String reason) {
        if (quoted) {
            log.debugf("Because %s", reason);
        }
    }
}
