package dev.errand.engine.relay;

import dev.errand.engine.outbox.EventFormat;
import dev.errand.engine.outbox.Outbox;
import dev.errand.engine.outbox.SizeLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The events that wait to be published. Not thread-safe: for the thread of a relay. */
final class PendingEvents implements PendingRows {

    private static final int ROWS = 500;

    private final EventFormat format;
    private final TopicSizeLimit limit;

    PendingEvents(EventFormat format, TopicSizeLimit limit) {
        this.format = format;
        this.limit = limit;
    }

    @Override
    public String lock() {
        return "events";
    }

    @Override
    public Next next(Connection connection, long packet) throws SQLException, InterruptedException {
        var waiting = Outbox.waiting(connection, ROWS);
        if (waiting.isEmpty()) {
            return new Next(List.of(), Map.of());
        }
        var largest = largest(waiting, new SizeLimit(packet, "max_allowed_packet of the database"));
        Map<Long, String> refused = new LinkedHashMap<>();
        List<Outbox.Waiting> fitting = new ArrayList<>(waiting.size());
        for (var event : waiting) {
            if (event.bytes() > largest.bytes()) {
                refused.put(
                        event.seq(),
                        "The payload alone has " + event.bytes() + " bytes, but a record may have at most " + largest);
            } else {
                fitting.add(event);
            }
        }
        if (fitting.isEmpty()) {
            return new Next(List.of(), refused);
        }
        var places = PendingRows.within(fitting, Outbox.Waiting::bytes).stream()
                .map(Outbox.Waiting::seq)
                .toList();
        return new Next(
                Outbox.read(connection, places).stream().map(this::outbound).toList(), refused);
    }

    /** The limit of the topic and the database. It is refreshed before an event is refused for its size. */
    private SizeLimit largest(List<Outbox.Waiting> waiting, SizeLimit packet) throws InterruptedException {
        var known = limit.largest();
        if (waiting.stream().anyMatch(event -> event.bytes() > known.bytes())) {
            return (limit.refresh() ? limit.largest() : limit.ofProducer()).or(packet);
        }
        return known.or(packet);
    }

    private PendingRow outbound(Outbox.Placed placed) {
        var event = placed.event();
        List<Supplier<ProducerRecord<byte[], byte[]>>> forms = List.of(() -> format.record(event));
        return new PendingRow(placed.seq(), event.userId(), forms);
    }

    @Override
    public void markPublished(Connection connection, List<Long> rows) throws SQLException {
        Outbox.remove(connection, rows);
    }

    @Override
    public void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException {
        Outbox.quarantine(connection, reasons);
    }
}
