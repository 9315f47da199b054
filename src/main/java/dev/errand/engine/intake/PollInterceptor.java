package dev.errand.engine.intake;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Passes the result of each poll to the consumer's commit handler, on the polling thread, which may remove records. The commit handler
 * needs the client's next offsets, which the connector does not pass on: they may be beyond the last record, because some offsets are
 * no records, such as transaction markers. Kafka's client creates one instance for each consumer.
 */
@RegisterForReflection
public final class PollInterceptor implements ConsumerInterceptor<byte[], byte[]> {

    private static final String CONNECTION = "errand.poll-listener";

    private @Nullable Connection connection;

    /** Connects a client's interceptor with its listener. */
    private static final class Connection {
        private volatile boolean connected;
        private volatile @Nullable UnaryOperator<ConsumerRecords<byte[], byte[]>> listener;
    }

    /** Adds the interceptor to each client of user actions. */
    @Singleton
    static final class Customizer implements ClientCustomizer<Map<String, Object>> {

        @Override
        public Map<String, Object> customize(String channel, Config channelConfig, Map<String, Object> client) {
            if (PauseGate.isOne(channel)) {
                client.put(CONNECTION, new Connection());
                client.merge(
                        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
                        List.of(PollInterceptor.class),
                        Customizer::withThoseBefore);
            }
            return client;
        }

        /** Appends to the configured interceptors, which Kafka accepts as comma-separated names or as a list of names and classes. */
        private static List<Object> withThoseBefore(Object before, Object ours) {
            List<Object> all = new ArrayList<>(
                    before instanceof Collection<?> several
                            ? several
                            : List.of(before.toString().strip().split("\\s*,\\s*")));
            all.addAll((List<?>) ours);
            return all;
        }
    }

    /**
     * Sets the listener of the client with this configuration.
     *
     * @param listener called with the result of each poll on the polling thread; returns the records to pass on
     * @throws IllegalStateException if the client has no interceptor of this class
     */
    static void listen(Map<String, ?> configuration, UnaryOperator<ConsumerRecords<byte[], byte[]>> listener) {
        if (!(configuration.get(CONNECTION) instanceof Connection connection) || !connection.connected) {
            throw new IllegalStateException("The channel's interceptor.classes were replaced: add to them, as a list");
        }
        connection.listener = listener;
    }

    @Override
    public void configure(Map<String, ?> configuration) {
        if (configuration.get(CONNECTION) instanceof Connection ours) {
            connection = ours;
            ours.connected = true;
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
        var listener = connection == null ? null : connection.listener;
        return listener == null ? polled : listener.apply(polled);
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
