package dev.errand.testsupport;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes records and waits until Kafka has them. */
public final class Publisher implements AutoCloseable {

    private final KafkaProducer<String, String> texts;
    private final KafkaProducer<byte[], byte[]> bytes;

    public Publisher(String bootstrapServers) {
        this(bootstrapServers, Map.of());
    }

    /** @param options of Kafka's producer, such as its compression */
    public Publisher(String bootstrapServers, Map<String, Object> options) {
        var config = new HashMap<>(options);
        config.put("bootstrap.servers", bootstrapServers);
        config.putIfAbsent("linger.ms", 5);
        texts = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
        bytes = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public RecordMetadata publish(ProducerRecord<String, String> record) {
        return acknowledged(texts.send(record));
    }

    public List<RecordMetadata> publish(List<ProducerRecord<String, String>> records) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        records.forEach(record -> sent.add(texts.send(record)));
        return sent.stream().map(Publisher::acknowledged).toList();
    }

    public RecordMetadata publishBytes(byte[] key, byte[] value) {
        return publishBytes(new ProducerRecord<>(Actions.TOPIC, key, value));
    }

    public RecordMetadata publishBytes(ProducerRecord<byte[], byte[]> record) {
        return acknowledged(bytes.send(record));
    }

    private static RecordMetadata acknowledged(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused the record", e);
        }
    }

    @Override
    public void close() {
        texts.close();
        bytes.close();
    }
}
