package dev.errand.engine.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.errand.engine.outbox.RecordSize;
import dev.errand.engine.parking.deadletter.DeadLetters.DeadLetter;
import dev.errand.engine.parking.deadletter.DeadLetters.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The record of a dead action: the original's key, value and headers, and the error; and smaller variants for a topic that does not
 * accept it, whose headers say what is left out.
 */
final class DeadLetterRecords {

    /** The combinations of parts that may be left out, the one with the least loss first. */
    private static final List<Set<Part>> LEFT_OUT = List.of(
            Set.of(),
            Set.of(Part.VALUE),
            Set.of(Part.HEADERS),
            Set.of(Part.KEY),
            Set.of(Part.VALUE, Part.HEADERS),
            Set.of(Part.VALUE, Part.KEY),
            Set.of(Part.HEADERS, Part.KEY),
            Set.of(Part.KEY, Part.VALUE, Part.HEADERS));

    private static final int SHORT_MESSAGE = 200;

    private final String topic;
    private final DeadLetter letter;

    DeadLetterRecords(String topic, DeadLetter letter) {
        this.topic = topic;
        this.letter = letter;
    }

    /**
     * The variants within the limit, each smaller than the one before; only the smallest if all exceed the limit, so that the broker
     * decides whether it accepts that one.
     */
    List<Supplier<ProducerRecord<byte[], byte[]>>> upTo(long bytes) {
        List<Supplier<ProducerRecord<byte[], byte[]>>> forms = new ArrayList<>();
        long smallest = Long.MAX_VALUE;
        for (var form : all()) {
            var size = RecordSize.of(form.get());
            if (size < smallest) {
                if (smallest > bytes) {
                    forms.clear();
                }
                smallest = size;
                forms.add(form);
            }
        }
        return forms;
    }

    private List<Supplier<ProducerRecord<byte[], byte[]>>> all() {
        List<Supplier<ProducerRecord<byte[], byte[]>>> all = new ArrayList<>();
        for (var without : LEFT_OUT) {
            if (without.containsAll(letter.without())) {
                all.add(() -> record(without, false));
                all.add(() -> record(without, true));
            }
        }
        return all;
    }

    private ProducerRecord<byte[], byte[]> record(Set<Part> without, boolean shortened) {
        var original = letter.original();
        var key = without.contains(Part.KEY) ? null : original.key();
        // A null value would be a tombstone.
        var value = without.contains(Part.VALUE) && letter.sizes().value() > 0 ? new byte[0] : original.value();
        var record = new ProducerRecord<>(topic, null, key, value);
        if (!without.contains(Part.HEADERS)) {
            original.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        }
        var message = letter.errorMessage();
        var isCut = false;
        if (shortened && message != null && message.length() > SHORT_MESSAGE) {
            message = message.substring(0, SHORT_MESSAGE) + "…";
            isCut = true;
        }
        var where = original.position();
        add(record, "errand-error-class", letter.errorClass());
        add(record, "errand-error-message", message);
        add(record, "errand-error-failed-action", String.valueOf(letter.seq()));
        add(record, "errand-error-topic", where.topic());
        add(record, "errand-error-partition", String.valueOf(where.partition()));
        add(record, "errand-error-offset", String.valueOf(where.offset()));
        add(record, "errand-error-timestamp", String.valueOf(original.timestamp()));
        var leftOut = leftOut(without, isCut);
        if (!leftOut.isEmpty()) {
            add(record, "errand-error-left-out", String.join(", ", leftOut));
            add(record, "errand-error-whole", "/api/failed-actions/" + letter.seq());
        }
        return record;
    }

    private List<String> leftOut(Set<Part> without, boolean isCut) {
        List<String> leftOut = new ArrayList<>();
        var sizes = letter.sizes();
        if (without.contains(Part.KEY) && sizes.key() > 0) {
            leftOut.add("the key of " + sizes.key() + " bytes");
        }
        if (without.contains(Part.VALUE) && sizes.value() > 0) {
            leftOut.add("the value of " + sizes.value() + " bytes");
        }
        if (without.contains(Part.HEADERS) && sizes.headers() > "[]".length()) {
            leftOut.add("the record's own headers");
        }
        if (isCut) {
            leftOut.add("the end of the error message");
        }
        return leftOut;
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, @Nullable String value) {
        if (value != null) {
            record.headers().add(name, value.getBytes(UTF_8));
        }
    }
}
