package dev.errand.dev.embedded;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;

/** The main class of the broker's process: formats new storage, serves, and stops on SIGTERM. */
public final class KafkaServerMain {

    /** Printed when the broker serves. */
    static final String STARTED = "errand: the broker has started";

    private static final String CLUSTER_ID = "RXJyYW5kRW1iZWRkZWQtMQ";

    private KafkaServerMain() {}

    /**
     * Runs the broker until the process gets SIGTERM.
     *
     * @param arguments the path of a {@code server.properties}, the broker's address, and the topics to create
     */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
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
        createTopics(arguments[1], Arrays.asList(arguments).subList(2, arguments.length));
        System.out.println(STARTED);
        stopped.await();
    }

    /**
     * Creates the topics before anybody uses them: an idempotent producer that writes to a topic in the moment of its
     * creation may have batches stuck until they expire (seen with broker 4.1.1 and clients 3.9.1 to 4.1.1).
     */
    private static void createTopics(String bootstrapServers, List<String> names)
            throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var existing = admin.listTopics().names().get();
            var created = admin.createTopics(names.stream()
                    .filter(name -> !existing.contains(name))
                    .map(name -> new NewTopic(name, Optional.empty(), Optional.empty()))
                    .toList());
            awaitLeaders(admin, created);
        }
    }

    /**
     * Waits for the partitions' leaders: a topic exists before its leaders serve, and a client that uses it in between
     * logs warnings. Only a leader answers a query for the end of its log, and the admin client retries until it does.
     */
    private static void awaitLeaders(Admin admin, CreateTopicsResult created)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (var topic : created.values().keySet()) {
            var partitions = created.numPartitions(topic).get();
            for (int partition = 0; partition < partitions; partition++) {
                ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
        }
        admin.listOffsets(ends).all().get();
    }
}
