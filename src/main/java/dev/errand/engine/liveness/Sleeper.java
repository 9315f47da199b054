package dev.errand.engine.liveness;

import java.time.Duration;

/** Waits, unless everything stops. */
@FunctionalInterface
public interface Sleeper {

    /** @return whether to go on; false, at once and from then on, when everything stops */
    boolean pause(Duration duration);
}
