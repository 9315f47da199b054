package dev.errand.embedded;

import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;

/** What the broker's process runs: formats the storage where it is new, serves, stops on SIGTERM. */
public final class KafkaServerMain {

    /** Printed when the broker serves. */
    static final String STARTED = "errand: the broker has started";

    private static final String CLUSTER_ID = "RXJyYW5kRW1iZWRkZWQtMQ";

    private KafkaServerMain() {}

    /**
     * Runs the broker until the process is told to end.
     *
     * @param arguments the path of a {@code server.properties}
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var file = arguments[0];
        var formatted = StorageTool.execute(
                new String[] {"format", "--ignore-formatted", "-t", CLUSTER_ID, "-c", file}, System.out);
        if (formatted != 0) {
            throw new IllegalStateException("The broker's storage could not be formatted");
        }
        Properties properties = Utils.loadProps(file);
        var server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdown();
            stopped.countDown();
        }));
        server.startup();
        System.out.println(STARTED);
        stopped.await();
    }
}
