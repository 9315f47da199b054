package dev.errand.engine.observation;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Calls observers and catches their errors, which must not look like failures of actions that are committed by then. Thread-safe. */
public final class SafeObserver {

    private static final Logger LOG = Logger.getLogger(SafeObserver.class);

    private final List<WorkObserver> observers;

    public SafeObserver(WorkObserver... observers) {
        this(List.of(observers));
    }

    public SafeObserver(Collection<WorkObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    /** Calls each observer. */
    public void tell(Consumer<WorkObserver> news) {
        observers.forEach(observer -> safely(() -> news.accept(observer)));
    }

    /** Runs other code that reports outcomes, such as that of spans, and catches its errors too. */
    public void safely(Runnable note) {
        try {
            note.run();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.debug("An observer of outcomes failed", e);
        }
    }
}
