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

/** The dead actions that wait to be published. Not thread-safe: for the thread of a relay. */
final class PendingDeadLetters implements PendingRows {

    private static final int ROWS = 20;

    /** An upper bound of what a row has in addition to the record: the error's class and message, and the packet's overhead. */
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

    /** A dead letter, and the parts that are not read because no record can hold them. */
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
                // Someone has edited the row with SQL, so that it can't be read any more.
                refused.put(choice.letter.seq(), "No record can be made of the row: " + e);
            }
        }
        return new Next(rows, refused);
    }

    /** The limit of the topic. It is refreshed before a part is left out for its size. */
    private long largest(List<Waiting> waiting) throws InterruptedException {
        var known = limit.largest().bytes();
        if (waiting.stream().anyMatch(letter -> letter.bytes(Set.of()) + BESIDE_THE_RECORD > known)) {
            return (limit.refresh() ? limit.largest() : limit.ofProducer()).bytes();
        }
        return known;
    }

    /** The parts to leave out: those that alone exceed a record's limit, and those that together exceed the database's packet. */
    private static Set<Part> tooLarge(Waiting letter, long largest, long packet) {
        var without = EnumSet.noneOf(Part.class);
        if (letter.key() > largest) {
            without.add(Part.KEY);
        }
        if (letter.value() > largest) {
            without.add(Part.VALUE);
        }
        // As JSON with Base64, headers take up to twice their size. Short ones take more, and are left out too early.
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
