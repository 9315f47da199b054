package dev.errand.engine.observation;

import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Those who look on: what they do wrong must not look like a failure of actions, which are committed by then. Thread-safe. */
public final class SafeObserver {

    private static final Logger LOG = Logger.getLogger(SafeObserver.class);

    private final WorkObserver observer;

    public SafeObserver(WorkObserver observer) {
        this.observer = observer;
    }

    public void tell(Consumer<WorkObserver> news) {
        try {
            news.accept(observer);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.debug("What became of actions could not be counted", e);
        }
    }
}
