package dev.errand.engine.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.outbox.RecordSize;
import dev.errand.engine.parking.deadletter.DeadLetters.DeadLetter;
import dev.errand.engine.parking.deadletter.DeadLetters.Part;
import dev.errand.engine.parking.deadletter.DeadLetters.Waiting;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which parts of a dead action are published when the whole is too large. */
class DeadLetterRecordsTest {

    private static final String WHOLE = "/api/failed-actions/7";

    private static DeadLetter letter(int key, int value, int header, int message) {
        return new DeadLetter(
                new Waiting(7, key, value, header == 0 ? 2 : header * 4L / 3 + 40),
                Set.of(),
                new RawRecord(
                        new RecordPosition("user-actions", 3, 11),
                        1,
                        new byte[key],
                        new byte[value],
                        header == 0 ? List.of() : List.of(new RawRecord.Header("h", new byte[header]))),
                "java.lang.IllegalStateException",
                "m".repeat(message));
    }

    private static List<Supplier<ProducerRecord<byte[], byte[]>>> forms(DeadLetter letter, long limit) {
        return new DeadLetterRecords("dead", letter).upTo(limit);
    }

    private static ProducerRecord<byte[], byte[]> best(DeadLetter letter, long limit) {
        return forms(letter, limit).get(0).get();
    }

    private static @Nullable String header(ProducerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Test
    void shouldLeaveNothingOutWhereAllFits() {
        var record = best(letter(10, 500, 100, 1_500), 3_000);

        assertThat(record.key()).hasSize(10);
        assertThat(record.value()).hasSize(500);
        assertThat(record.headers().lastHeader("h").value()).hasSize(100);
        assertThat(header(record, "errand-error-message")).hasSize(1_500);
        assertThat(header(record, "errand-error-left-out")).isNull();
    }

    @Test
    void shouldCutTheMessageFirst() {
        var record = best(letter(10, 500, 0, 1_500), 2_000);

        assertThat(record.value()).hasSize(500);
        assertThat(header(record, "errand-error-message"))
                .startsWith("mmm")
                .endsWith("…")
                .hasSize(201);
        assertThat(header(record, "errand-error-left-out")).isEqualTo("the end of the error message");
        assertThat(header(record, "errand-error-whole")).isEqualTo(WHOLE);
    }

    @Test
    void shouldLeaveOutTheValueAndKeepTheWholeMessageWhereThatIsEnough() {
        var record = best(letter(10, 9_000, 0, 1_500), 3_000);

        assertThat(record.value()).isEmpty();
        assertThat(header(record, "errand-error-message")).hasSize(1_500);
        assertThat(header(record, "errand-error-left-out")).isEqualTo("the value of 9000 bytes");
    }

    @Test
    void shouldLeaveOutWhatIsTooLargeAndNotWhatIsNot() {
        var headers = best(letter(10, 500, 9_000, 10), 3_000);
        var key = best(letter(9_000, 500, 100, 10), 3_000);

        assertThat(headers.value()).hasSize(500);
        assertThat(headers.headers().lastHeader("h")).isNull();
        assertThat(header(headers, "errand-error-left-out")).isEqualTo("the record's own headers");
        assertThat(key.key()).isNull();
        assertThat(key.value()).hasSize(500);
        assertThat(key.headers().lastHeader("h")).isNotNull();
        assertThat(header(key, "errand-error-left-out")).isEqualTo("the key of 9000 bytes");
    }

    @Test
    void shouldOfferEverSmallerFormsForABrokerWhoseLimitIsNotKnown() {
        var forms = forms(letter(900, 9_000, 3_000, 1_500), Long.MAX_VALUE);

        assertThat(forms).hasSizeGreaterThan(3);
        assertThat(forms.stream().map(form -> RecordSize.of(form.get())).toList())
                .isSortedAccordingTo((one, other) -> Long.compare(other, one));
    }

    @Test
    void shouldOfferTheSmallestWhereNoneFits() {
        var forms = forms(letter(900, 9_000, 3_000, 1_500), 10);

        assertThat(forms).hasSize(1);
        assertThat(forms.get(0).get().key()).isNull();
        assertThat(forms.get(0).get().value()).isEmpty();
    }

    @Test
    void shouldTellWhatWasNotEvenRead() {
        var letter = new DeadLetter(
                new Waiting(7, 10, 9_000_000, 2),
                Set.of(Part.VALUE),
                new RawRecord(new RecordPosition("user-actions", 3, 11), 1, new byte[10], null, List.of()),
                "java.lang.IllegalStateException",
                "why");

        var record = best(letter, 1_000_000);

        assertThat(record.value()).isEmpty();
        assertThat(header(record, "errand-error-left-out")).isEqualTo("the value of 9000000 bytes");
        assertThat(header(record, "errand-error-message")).isEqualTo("why");
    }
}
