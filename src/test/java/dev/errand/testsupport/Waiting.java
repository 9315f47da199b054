package dev.errand.testsupport;

import java.time.Duration;

/** How long tests wait for what has to happen. */
public final class Waiting {

    /** For what normally happens within two seconds. It is long enough for a busy machine, and only a failing test waits so long. */
    public static final Duration SOON = Duration.ofSeconds(60);

    private Waiting() {}
}
