package dev.errand.engine.liveness;

import java.time.Duration;

/** Waits until a time is over or the engine stops. */
@FunctionalInterface
public interface Sleeper {

    /** @return whether to go on; false, at once and ever after, if the engine stops */
    boolean pause(Duration duration);
}
