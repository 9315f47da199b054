package dev.errand.work;

import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Those who look on: what they do wrong must not look like a failure of actions, which are committed by then. Thread-safe. */
final class Observed {

    private static final Logger LOG = Logger.getLogger(Observed.class);

    private final WorkObserver observer;

    Observed(WorkObserver observer) {
        this.observer = observer;
    }

    void tell(Consumer<WorkObserver> news) {
        try {
            news.accept(observer);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.debug("What became of actions could not be counted", e);
        }
    }
}
