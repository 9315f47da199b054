package dev.errand.dev.embedded;

import io.quarkus.deployment.builditem.Startable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker (KRaft, one node) on a free loopback port. Its data is deleted when it is closed.
 *
 * <p>Not thread-safe: one owner starts and closes it.
 */
public final class KafkaServer implements Startable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /** Partitions of each topic. */
    private static final int PARTITIONS = 8;

    private static final String LOGGING = """
            logger.level=WARN
            logger.handlers=CONSOLE
            handler.CONSOLE=org.jboss.logmanager.handlers.ConsoleHandler
            handler.CONSOLE.formatter=PATTERN
            formatter.PATTERN=org.jboss.logmanager.formatters.PatternFormatter
            formatter.PATTERN.properties=pattern
            formatter.PATTERN.pattern=%d{HH:mm:ss,SSS} %-5p [%c{1.}] %s%e%n
            """;

    private final List<Path> classPath;
    private final List<String> topics;
    private @Nullable Path directory;
    private @Nullable ServerProcess process;
    private int port;
    private int controllerPort;

    /**
     * A broker for development and tests.
     *
     * @param classPath {@code org.apache.kafka:kafka_2.13}, JBoss's logging for SLF4J, an lz4, this class, and all
     *     their dependencies
     * @param topics topics to create at the start; others are created when they are used
     */
    public KafkaServer(Collection<Path> classPath, Collection<String> topics) {
        this.classPath = List.copyOf(classPath);
        this.topics = List.copyOf(topics);
    }

    /**
     * Starts the broker, or starts it again on the same port and data after {@link #kill}.
     *
     * @throws EmbeddedServiceException if it can't be started; the message says why
     */
    @Override
    public void start() {
        if (directory == null) {
            var home = WorkDirectory.create("kafka");
            directory = home;
            Ports.untilBound(() -> startOnFreePorts(home), this::close);
        } else {
            run(directory);
        }
    }

    private void startOnFreePorts(Path home) {
        port = Ports.free();
        controllerPort = Ports.free();
        configure(home);
        run(home);
    }

    private void configure(Path home) {
        var configuration = """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                num.partitions=%4$d
                auto.create.topics.enable=true
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                group.min.session.timeout.ms=1000
                num.network.threads=2
                num.io.threads=4
                log.cleaner.enable=false
                """.formatted(port, controllerPort, home.resolve("data"), PARTITIONS);
        try {
            Files.createDirectories(home.resolve("data"));
            Files.writeString(home.resolve("server.properties"), configuration);
            Files.writeString(home.resolve("logging.properties"), LOGGING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the broker's configuration", e);
        }
    }

    private void run(Path home) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dlogging.configuration=" + home.resolve("logging.properties").toUri(),
                "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                KafkaServerMain.class.getName(),
                home.resolve("server.properties").toString(),
                bootstrapServers()));
        command.addAll(topics);
        var started = ServerProcess.start("Kafka", command, home);
        process = started;
        started.awaitReady(() -> started.logged(KafkaServerMain.STARTED), READY_WITHIN);
    }

    /** The directory of its partitions' logs; exists between start and close. */
    public Path data() {
        return Objects.requireNonNull(directory, "It has not been started").resolve("data");
    }

    /** Ends the broker as a crash would, with SIGKILL; {@link #start} brings it back. */
    public void kill() {
        if (process != null) {
            process.kill();
        }
    }

    /** The value of clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public String getConnectionInfo() {
        return bootstrapServers();
    }

    @Override
    public @Nullable String getContainerId() {
        return null;
    }

    /** Stops the broker and deletes its data. Does nothing if it was closed before. */
    @Override
    public void close() {
        if (process != null) {
            process.stop();
            process = null;
        }
        if (directory != null) {
            WorkDirectory.delete(directory);
            directory = null;
        }
    }
}
