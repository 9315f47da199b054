package dev.errand.bench;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A broker and a durable MySQL of the benchmark's own, with a schema for each build of the application: builds that are compared
 * may have different tables. For one thread.
 */
final class Stage implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaServer kafka;
    private final MySqlServer mySql;
    private final String schema;
    private final Database database = new Database(this::connect);
    private Admin admin;

    private Stage(KafkaServer kafka, MySqlServer mySql, String schema) {
        this.kafka = kafka;
        this.mySql = mySql;
        this.schema = schema;
    }

    /** Starts both. */
    static Stage open(Settings settings) {
        var stage = new Stage(Servers.kafka(), Servers.mySql(Servers.DURABLE), Contender.SCHEMA);
        try {
            Files.createDirectories(settings.directory());
            stage.kafka.start();
            stage.admin = Admin.create(Map.of("bootstrap.servers", stage.kafka.bootstrapServers()));
            stage.mySql.start();
            return stage;
        } catch (IOException e) {
            stage.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    /** The same servers with the contender's schema; to be closed is the one that was opened. */
    Stage of(Contender contender) {
        var own = new Stage(kafka, mySql, contender.schema());
        own.admin = admin;
        return own;
    }

    /** Makes the schema where it is missing. */
    void createSchema() {
        new Database(() -> connect(mySql.jdbcUrl())).execute("CREATE DATABASE IF NOT EXISTS " + schema);
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    String jdbcUrl() {
        return mySql.jdbcUrl().replace("/errand?", "/" + schema + "?");
    }

    Database database() {
        return database;
    }

    ProcessHandle mysqld() {
        return mySql.handle().orElseThrow(() -> new IllegalStateException("MySQL has ended"));
    }

    /** A connection that sees what is committed. The caller closes it. */
    Connection connect() throws SQLException {
        return connect(jdbcUrl());
    }

    private static Connection connect(String url) throws SQLException {
        var connection = DriverManager.getConnection(url + "&connectionTimeZone=UTC", "errand", "errand");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    /** Empties these tables, and drops the binlog of what was before. */
    void empty(List<String> tables) {
        tables.forEach(table -> database.execute("TRUNCATE TABLE " + table));
        database.execute("FLUSH BINARY LOGS");
        database.execute("PURGE BINARY LOGS BEFORE NOW()");
    }

    /**
     * A producer that keeps the order. Not an idempotent one: that may have batches stuck until they expire when its topic
     * was only just created (seen with broker 4.1.1 and clients 3.9.1 to 4.1.1; why is not known).
     */
    KafkaProducer<String, String> producer(int lingerMillis) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers(),
                        "acks",
                        "1",
                        "enable.idempotence",
                        false,
                        "max.in.flight.requests.per.connection",
                        1,
                        "linger.ms",
                        lingerMillis,
                        "batch.size",
                        131_072),
                new StringSerializer(),
                new StringSerializer());
    }

    void createTopic(String topic, int partitions) {
        get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    /** The ledger's last row, 0 without any: a question that costs MySQL next to nothing. */
    long lastSeq() {
        var last = database.rows("SELECT seq FROM user_action ORDER BY seq DESC LIMIT 1", row -> row.getLong(1));
        return last.isEmpty() ? 0 : last.get(0);
    }

    /** How many records of the topic stand behind what the group has committed. */
    long uncommitted(String topic, String group) {
        var committed = get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        long behind = 0;
        for (int partition = 0; partition < Preload.PARTITIONS; partition++) {
            var at = new TopicPartition(topic, partition);
            var end = get(admin.listOffsets(Map.of(at, OffsetSpec.latest())).partitionResult(at))
                    .offset();
            var own = committed.get(at);
            behind += end - (own == null ? 0 : own.offset());
        }
        return behind;
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka's administration failed", e);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(5));
        }
        kafka.close();
        mySql.close();
    }
}
