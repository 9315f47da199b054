package dev.errand.engine.relay;

import dev.errand.engine.parking.deadletter.DeadLetterReader;
import dev.errand.engine.parking.deadletter.DeadLetters;
import dev.errand.engine.parking.deadletter.DeadLetters.DeadLetter;
import dev.errand.engine.parking.deadletter.DeadLetters.Part;
import dev.errand.engine.parking.deadletter.DeadLetters.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The dead actions that are to be published. For the thread of a relay. */
final class PendingDeadLetters implements PendingRows {

    private static final int ROWS = 20;

    /** What else there is in such a row: class and message of the error, and the packet's own. */
    private static final int BESIDE_THE_RECORD = 64 << 10;

    private final String topic;
    private final TopicSizeLimit limit;
    private final DeadLetterReader reader;

    PendingDeadLetters(String topic, TopicSizeLimit limit, DeadLetterReader reader) {
        this.topic = topic;
        this.limit = limit;
        this.reader = reader;
    }

    @Override
    public String lock() {
        return "dead letters";
    }

    /** A letter, and what need not be read of it because it can't be published. */
    private record Choice(Waiting letter, Set<Part> without) {

        long bytes() {
            return letter.bytes(without);
        }
    }

    @Override
    public Next next(Connection connection, long packet) throws SQLException, InterruptedException {
        var waiting = DeadLetters.waiting(connection, ROWS);
        if (waiting.isEmpty()) {
            return new Next(List.of(), Map.of());
        }
        var largest = largest(waiting);
        var choices = waiting.stream()
                .map(letter -> new Choice(letter, tooLarge(letter, largest, packet - BESIDE_THE_RECORD)))
                .toList();
        List<PendingRow> rows = new ArrayList<>();
        Map<Long, String> refused = new LinkedHashMap<>();
        for (var choice : PendingRows.within(choices, Choice::bytes)) {
            try {
                reader.read(connection, choice.letter, choice.without)
                        .ifPresent(letter -> rows.add(outbound(letter, largest)));
            } catch (RuntimeException e) {
                // Somebody has changed the row by hand: no record can be made of it.
                refused.put(choice.letter.seq(), "No record can be made of the row: " + e);
            }
        }
        return new Next(rows, refused);
    }

    /** Before anything is left out for its size, Kafka is asked what holds now. */
    private long largest(List<Waiting> waiting) throws InterruptedException {
        var known = limit.largest().bytes();
        if (waiting.stream().anyMatch(letter -> letter.bytes(Set.of()) + BESIDE_THE_RECORD > known)) {
            return (limit.refresh() ? limit.largest() : limit.ofProducer()).bytes();
        }
        return known;
    }

    /** What can't be part of any record, each by itself, and what the database can't hand over together. */
    private static Set<Part> tooLarge(Waiting letter, long largest, long packet) {
        var without = EnumSet.noneOf(Part.class);
        if (letter.key() > largest) {
            without.add(Part.KEY);
        }
        if (letter.value() > largest) {
            without.add(Part.VALUE);
        }
        // In JSON and Base64 headers take up to twice their room, short ones still more: those are left out too early.
        if (letter.headers() > 2 * largest) {
            without.add(Part.HEADERS);
        }
        for (var part : List.of(Part.VALUE, Part.HEADERS, Part.KEY)) {
            if (letter.bytes(without) > packet) {
                without.add(part);
            }
        }
        return without;
    }

    private PendingRow outbound(DeadLetter letter, long largest) {
        return new PendingRow(letter.seq(), null, new DeadLetterRecords(topic, letter).upTo(largest));
    }

    @Override
    public void markPublished(Connection connection, List<Long> rows) throws SQLException {
        DeadLetters.markPublished(connection, rows);
    }

    @Override
    public void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException {
        DeadLetters.quarantine(connection, reasons);
    }
}
