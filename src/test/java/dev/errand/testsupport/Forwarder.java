package dev.errand.testsupport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An address on loopback that forwards to a server and can be switched to another one, like a DNS name or a proxy. Thread-safe. */
public final class Forwarder implements AutoCloseable {

    private final ServerSocket socket;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile int target;

    /** @param target the server's port; 0 for none */
    public Forwarder(int target) {
        this.target = target;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** Forwards new connections to this port from now on. Open connections stay as they are. */
    public void leadTo(int port) {
        target = port;
    }

    /** Closes all open connections. */
    public void cut() {
        open.forEach(Forwarder::closeQuietly);
        open.clear();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                open.add(client);
                connect(client);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            var server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            thread(() -> copy(client, server));
            thread(() -> copy(server, client));
        } catch (IOException | IllegalArgumentException nobodyAnswers) {
            closeQuietly(client);
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException ended) {
            // One of the two has closed it, or it was cut.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private static void thread(Runnable run) {
        var thread = new Thread(run, "forwarder");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closeQuietly(socket);
        cut();
    }
}
