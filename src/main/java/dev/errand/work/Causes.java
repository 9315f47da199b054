package dev.errand.work;

import org.jboss.logging.Logger;

/**
 * Why something failed, at level DEBUG. Such texts may quote payloads, also of a record of which nobody knows what it was: where any
 * type is masked, only classes are told. Immutable and thread-safe.
 *
 * @param quoted whether texts may be told
 */
record Causes(boolean quoted) {

    void tell(Logger log, Throwable cause) {
        if (quoted) {
            log.debug("Because", cause);
        } else {
            log.debugf("Because of %s", Verdicts.guilty(cause).getClass().getName());
        }
    }

    void tell(Logger log, String reason) {
        if (quoted) {
            log.debugf("Because %s", reason);
        }
    }
}
