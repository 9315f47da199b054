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
 * Sends rows and finds out of each whether Kafka has it, refuses it for a reason of its own, or can't take it now. What is wrong
 * with one is held against no other. For one thread and one round.
 */
final class RecordSender {

    /** For how long a round sends; what is on its way then has the producer's delivery timeout to get there. */
    private static final Duration SENDING = Duration.ofSeconds(10);

    /** After which no row is sent again by itself: the transaction around all this has to end in time. */
    private static final Duration SENDING_AGAIN = Duration.ofSeconds(20);

    /** How Kafka's producer tells of records that are well and were in a batch with one that is not. */
    private static final String BESIDE_AN_INVALID_ONE = "Failed to append record because it was part of a batch";

    private static final int LONGEST_REASON = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final long began = System.nanoTime();
    private final List<Long> published = new ArrayList<>();
    private final Map<Long, String> refused = new LinkedHashMap<>();

    /** Users whose later rows must not count as published: they have to come after an earlier one that was not. */
    private final Set<String> held = new HashSet<>();

    private @Nullable Exception trouble;

    RecordSender(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** @param rows in the order in which they are to be published */
    PublishResult send(List<PendingRow> rows) throws InterruptedException {
        List<Future<RecordMetadata>> sent = sendUntilTrouble(rows);
        List<@Nullable Exception> errors = new ArrayList<>();
        // All of them first: what is sent again must not overtake what is still on its way.
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
                // At once means that it was not even tried: the others would wait in vain one after the other.
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
     * Finds out whether a row was refused for itself or for another one in its batch, and whether Kafka takes it in a smaller
     * form.
     */
    private void sendByItself(PendingRow row, Exception before) throws InterruptedException {
        var forms = row.forms();
        int form = 0;
        @Nullable Exception error = before;
        // A producer divides a batch that is too large until it knows of each record; of other errors only one by
        // itself can
        // tell.
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
        // Later ones of its user may be there already. They are published again, behind it.
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
            return CompletableFuture.failedFuture(new SerializationException("It can't be made a record: " + e, e));
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
     * Whether the record is what is wrong. Not that its time is: by that a broker tells a clock that is wrong, and all records
     * have it. Whatever else there is, such as missing rights, topics and brokers, may be put right without touching a row.
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
