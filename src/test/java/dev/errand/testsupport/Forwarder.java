package dev.errand.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port on the loopback interface that leads to another one, which can be changed for connections to come: as a name does. */
public final class Forwarder implements AutoCloseable {

    private final ServerSocket server;
    private volatile int target;

    public Forwarder(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("forwarder", this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** New connections lead there, those that are open stay where they are. */
    public void leadTo(int port) {
        target = port;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                var there = new Socket(InetAddress.getLoopbackAddress(), target);
                start("forwards", () -> copy(client, there));
                start("answers", () -> copy(there, client));
            } catch (IOException e) {
                // Closed, or nobody is there: then the client's connection ends with its time.
            }
        }
    }

    @SuppressWarnings("try") // both are closed when one ends
    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            transfer(from.getInputStream(), to.getOutputStream());
        } catch (IOException e) {
            // One of both has ended, and now the other does.
        }
    }

    private static void transfer(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
    }

    private static void start(String name, Runnable run) {
        var thread = new Thread(run, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
