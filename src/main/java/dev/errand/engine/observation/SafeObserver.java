package dev.errand.engine.observation;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Those who look on: what they do wrong must not look like a failure of actions, which are committed by then. Thread-safe. */
public final class SafeObserver {

    private static final Logger LOG = Logger.getLogger(SafeObserver.class);

    private final List<WorkObserver> observers;

    public SafeObserver(WorkObserver... observers) {
        this(List.of(observers));
    }

    public SafeObserver(Collection<WorkObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    /** Tells each of them. */
    public void tell(Consumer<WorkObserver> news) {
        observers.forEach(observer -> safely(() -> news.accept(observer)));
    }

    /** Has something else noted, such as spans, as little to be felt by actions. */
    public void safely(Runnable note) {
        try {
            note.run();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.debug("What became of actions could not be noted", e);
        }
    }
}
