package dev.errand.bench.baseline;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An action as its row will be.
 *
 * @param occurredAt as MySQL writes it
 */
record Taken(
        String source,
        String id,
        String user,
        String type,
        String occurredAt,
        String payload,
        String topic,
        int partition,
        long offset) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Its identity. */
    String key() {
        return source.isEmpty() ? id : source + "-" + id;
    }

    static Taken from(ConsumerRecord<byte[], byte[]> record) {
        var value = record.value();
        String source = "";
        String id = null;
        String user = null;
        String type = null;
        String occurredAt = null;
        String payload = null;
        try (var parser = JSON.createParser(value)) {
            parser.nextToken();
            for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                switch (name) {
                    case "id" -> id = parser.getText();
                    case "source" -> source = parser.getText();
                    case "type" -> type = parser.getText();
                    case "userId" -> user = parser.getText();
                    case "occurredAt" -> occurredAt = parser.getText();
                    case "payload" -> {
                        int from = (int) parser.currentTokenLocation().getByteOffset();
                        parser.skipChildren();
                        int to = (int) parser.currentLocation().getByteOffset();
                        payload = new String(value, from, to - from, StandardCharsets.UTF_8);
                    }
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Taken(
                source,
                id,
                user,
                type,
                occurredAt.substring(0, 10) + ' ' + occurredAt.substring(11, occurredAt.length() - 1),
                payload,
                record.topic(),
                record.partition(),
                record.offset());
    }
}
