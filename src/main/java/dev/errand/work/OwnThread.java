package dev.errand.work;

/** Threads that inherit no request, transaction or event-loop context, and know the application's classes. */
public final class OwnThread {

    private OwnThread() {}

    /** Starts one. */
    public static Thread start(String name, Runnable run) {
        var thread = new Thread(null, run, name, 0, false);
        // Since Java 19 such a thread would have the system's, which does not know the application in tests and in dev
        // mode.
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        return thread;
    }
}
