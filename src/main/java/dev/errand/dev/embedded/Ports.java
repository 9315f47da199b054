package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of the loopback interface. */
final class Ports {

    private static final int ATTEMPTS = 5;

    private Ports() {}

    /**
     * A port that was free a moment ago. Another process may bind it first: the caller has to try again with another
     * one then.
     */
    static int free() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on the loopback interface", e);
        }
    }

    /**
     * Runs {@code start}, which chooses free ports, and runs it again if one of them was bound in between, five times
     * in all.
     *
     * @param giveUp runs before the last failure is thrown
     */
    static void untilBound(Runnable start, Runnable giveUp) {
        for (int attempt = 1; ; attempt++) {
            try {
                start.run();
                return;
            } catch (EmbeddedServiceException e) {
                if (attempt == ATTEMPTS || !String.valueOf(e.getMessage()).contains("Address already in use")) {
                    giveUp.run();
                    throw e;
                }
            }
        }
    }

    static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
