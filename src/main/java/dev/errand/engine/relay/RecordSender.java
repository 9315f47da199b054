package dev.errand.engine.relay;

import dev.errand.engine.outbox.RecordSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Sends rows, and finds out for each whether Kafka has acknowledged it, refuses it because of the row itself, or can't accept it
 * now. One bad row does not harm others. Not thread-safe; each instance is used once.
 */
final class RecordSender {

    /** How long rows are sent; those in flight then have the producer's delivery timeout to be acknowledged. */
    private static final Duration SENDING = Duration.ofSeconds(10);

    /** After this time no row is sent again on its own, so that the surrounding transaction can end in time. */
    private static final Duration SENDING_AGAIN = Duration.ofSeconds(20);

    /** The longest that {@link #send} takes: a row is sent again at the last moment, and Kafka acknowledges it at the last moment. */
    static final Duration LONGEST = SENDING_AGAIN.plus(Relay.LONGEST_DELIVERY);

    /** How the producer's message starts for a valid record that was in a batch with an invalid one. */
    private static final String BESIDE_AN_INVALID_ONE = "Failed to append record because it was part of a batch";

    private static final int LONGEST_REASON = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final long began = System.nanoTime();
    private final List<Long> published = new ArrayList<>();
    private final Map<Long, String> refused = new LinkedHashMap<>();

    /** Users whose later rows are not marked as published, because an earlier one was not: they are published again after it. */
    private final Set<String> held = new HashSet<>();

    private @Nullable Exception trouble;

    RecordSender(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** @param rows in the order in which they are to be published */
    PublishResult send(List<PendingRow> rows) throws InterruptedException {
        List<Future<RecordMetadata>> sent = sendUntilTrouble(rows);
        List<@Nullable Exception> errors = new ArrayList<>();
        // Waits for all first: a row that is sent again must not overtake those in flight.
        for (var each : sent) {
            errors.add(error(each));
        }
        for (int i = 0; i < errors.size(); i++) {
            judge(rows.get(i), errors.get(i));
        }
        return new PublishResult(published, refused, trouble);
    }

    private List<Future<RecordMetadata>> sendUntilTrouble(List<PendingRow> rows) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (var row : rows) {
            if (isOver(SENDING)) {
                break;
            }
            var future = send(row.forms().get(0));
            sent.add(future);
            var failed = future.isDone() ? error(future) : null;
            if (failed != null && !isOfTheRow(failed)) {
                // It failed without being sent, as the others would, each after its own wait.
                break;
            }
        }
        return sent;
    }

    private void judge(PendingRow row, @Nullable Exception error) throws InterruptedException {
        if (error == null) {
            if (row.user() == null || !held.contains(row.user())) {
                published.add(row.seq());
            }
        } else if (isOfTheRow(error)) {
            sendByItself(row, error);
        } else {
            if (trouble == null && !isBesideAnInvalidOne(error)) {
                trouble = error;
            }
            hold(row);
        }
    }

    /**
     * Sends a refused row again on its own, to find out whether it was refused because of another one in its batch, and whether
     * Kafka accepts it in a smaller form.
     */
    private void sendByItself(PendingRow row, Exception before) throws InterruptedException {
        var forms = row.forms();
        int form = 0;
        @Nullable Exception error = before;
        // The producer splits a batch that is too large until the error is of a single record. Other errors are of the
        // whole batch.
        var isKnown = before instanceof RecordTooLargeException;
        while (error != null && isOfTheRow(error)) {
            if (isKnown && !(isTooLarge(error) && form + 1 < forms.size())) {
                refused.put(row.seq(), reason(forms.get(form), error));
                return;
            }
            if (trouble != null || isOver(SENDING_AGAIN)) {
                hold(row);
                return;
            }
            form += isKnown ? 1 : 0;
            isKnown = true;
            error = error(send(forms.get(form)));
        }
        if (error == null) {
            published.add(row.seq());
        } else {
            trouble = error;
        }
        // Later rows of its user may be in Kafka already. They are published again after it.
        hold(row);
    }

    private void hold(PendingRow row) {
        if (row.user() != null) {
            held.add(row.user());
        }
    }

    private Future<RecordMetadata> send(Supplier<ProducerRecord<byte[], byte[]>> form) {
        ProducerRecord<byte[], byte[]> record;
        try {
            record = form.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(
                    new SerializationException("No record can be made of the row: " + e, e));
        }
        try {
            return producer.send(record);
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static @Nullable Exception error(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            sent.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private boolean isOver(Duration time) {
        return System.nanoTime() - began > time.toNanos();
    }

    /**
     * Whether the error is caused by the record itself. An invalid timestamp is not: it means that a clock is wrong, which affects
     * all records. Other errors, such as missing permissions, topics and brokers, can be fixed without changing a row.
     */
    static boolean isOfTheRow(Exception error) {
        return isTooLarge(error) || error instanceof InvalidRecordException || error instanceof SerializationException;
    }

    private static boolean isTooLarge(Exception error) {
        return error instanceof RecordTooLargeException || error instanceof RecordBatchTooLargeException;
    }

    private static boolean isBesideAnInvalidOne(Exception error) {
        return error.getClass() == KafkaException.class
                && String.valueOf(error.getMessage()).startsWith(BESIDE_AN_INVALID_ONE);
    }

    private static String reason(Supplier<ProducerRecord<byte[], byte[]>> form, Exception error) {
        var reason = error.getClass().getSimpleName() + ": " + error.getMessage();
        if (isTooLarge(error)) {
            reason += " It has " + RecordSize.of(form.get()) + " bytes with key and headers.";
        }
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    }
}
