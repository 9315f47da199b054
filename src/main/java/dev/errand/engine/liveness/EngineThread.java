package dev.errand.engine.liveness;

/** Creates threads that inherit no request, transaction or event-loop context, and have the application's class loader. */
public final class EngineThread {

    private EngineThread() {}

    /** Creates and starts a thread. */
    public static Thread start(String name, Runnable run) {
        var thread = create(name, run);
        thread.start();
        return thread;
    }

    /** Creates a thread that is not started yet. */
    public static Thread create(String name, Runnable run) {
        var thread = new Thread(null, run, name, 0, false);
        // Since Java 19 such a thread has the system class loader, which lacks the application's classes in tests and
        // in dev mode.
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        return thread;
    }
}
