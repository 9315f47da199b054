package dev.errand.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Sees rows become visible, by asking for those behind the last one. Their {@code occurred_at} is the time at which they
 * were given to Kafka's producer: the record's own timestamp with the microseconds Kafka has no room for. For one thread.
 */
final class Watch implements AutoCloseable {

    /** A number that was drawn and never committed leaves a gap; a slower transaction closes it sooner than this. */
    private static final Duration GAP = Duration.ofSeconds(2);

    private final Connection connection;
    private final PreparedStatement behind;
    private final TreeSet<Long> seenBehindGap = new TreeSet<>();
    private long contiguous;
    private long movedAt = System.nanoTime();
    private List<Double> latencies = new ArrayList<>();

    Watch(Stage stage) {
        try {
            contiguous = stage.lastSeq();
            connection = stage.connect();
            behind = connection.prepareStatement("SELECT seq, occurred_at FROM user_action WHERE seq > ? ORDER BY seq");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks once. */
    void look() {
        try {
            behind.setLong(1, contiguous);
            try (var rows = behind.executeQuery()) {
                var now = now();
                while (rows.next()) {
                    var seq = rows.getLong(1);
                    if (seenBehindGap.add(seq)) {
                        var sent = rows.getObject(2, LocalDateTime.class);
                        latencies.add(ChronoUnit.MICROS.between(sent, now) / 1e3);
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The ledger can't be read", e);
        }
        closeGap();
    }

    private void closeGap() {
        if (seenBehindGap.isEmpty()) {
            movedAt = System.nanoTime();
        } else if (System.nanoTime() - movedAt > GAP.toNanos()) {
            contiguous = seenBehindGap.first() - 1;
        }
        while (!seenBehindGap.isEmpty() && seenBehindGap.first() == contiguous + 1) {
            contiguous = seenBehindGap.pollFirst();
            movedAt = System.nanoTime();
        }
    }

    int seen() {
        return latencies.size();
    }

    /** The milliseconds of all rows seen since this was last called. */
    List<Double> take() {
        var taken = latencies;
        latencies = new ArrayList<>();
        return taken;
    }

    static LocalDateTime now() {
        return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
