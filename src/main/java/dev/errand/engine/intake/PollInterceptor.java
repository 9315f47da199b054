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
 * Lets a consumer's commit handler see what each poll hands over, on the polling thread, and take out what is not to go on: the
 * connector keeps to itself up to where Kafka's client has read, which is further than the last record where offsets are no
 * records, such as the ends of transactions. Made by Kafka's client, one for each.
 */
@RegisterForReflection
public final class PollInterceptor implements ConsumerInterceptor<byte[], byte[]> {

    private static final String LINE = "errand.handover";

    private @Nullable Line line;

    /** From the client to whoever listens. */
    private static final class Line {
        private volatile boolean connected;
        private volatile @Nullable UnaryOperator<ConsumerRecords<byte[], byte[]>> listener;
    }

    /** Puts one into each client of the user actions. */
    @Singleton
    static final class Customizer implements ClientCustomizer<Map<String, Object>> {

        @Override
        public Map<String, Object> customize(String channel, Config channelConfig, Map<String, Object> client) {
            if (PauseGate.isOne(channel)) {
                client.put(LINE, new Line());
                client.merge(
                        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
                        List.of(PollInterceptor.class),
                        Customizer::withThoseBefore);
            }
            return client;
        }

        /** As Kafka takes them: names with commas between, or a list of names and classes. */
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
     * @param listener called with each poll of the client that is so configured, on its polling thread; returns what goes on
     * @throws IllegalStateException if there is none of this in it
     */
    static void listen(Map<String, ?> configuration, UnaryOperator<ConsumerRecords<byte[], byte[]>> listener) {
        if (!(configuration.get(LINE) instanceof Line line) || !line.connected) {
            throw new IllegalStateException("The channel's interceptor.classes were replaced: add to them, as a list");
        }
        line.listener = listener;
    }

    @Override
    public void configure(Map<String, ?> configuration) {
        if (configuration.get(LINE) instanceof Line ours) {
            line = ours;
            ours.connected = true;
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
        var listener = line == null ? null : line.listener;
        return listener == null ? polled : listener.apply(polled);
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
