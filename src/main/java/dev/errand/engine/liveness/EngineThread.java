package dev.errand.engine.liveness;

/** Threads that inherit no request, transaction or event-loop context, and know the application's classes. */
public final class EngineThread {

    private EngineThread() {}

    /** Starts one. */
    public static Thread start(String name, Runnable run) {
        var thread = create(name, run);
        thread.start();
        return thread;
    }

    /** One that has not been started. */
    public static Thread create(String name, Runnable run) {
        var thread = new Thread(null, run, name, 0, false);
        // Since Java 19 such a thread would have the system's, which does not know the application in tests and in dev
        // mode.
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        return thread;
    }
}
