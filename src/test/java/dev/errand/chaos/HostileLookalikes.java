package dev.errand.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Generates records of well-meaning publishers whose serializer, connector or clock is set up wrongly. */
final class HostileLookalikes {

    private static final List<String> NOT_TO_BE_KEPT = List.of(
            "\"caf\\ud83d\"",
            "{\"a\":[\"\\ude00x\"]}",
            "{\"\\udfff\":1}",
            "1e309",
            "[-1E+400]",
            "1e-400",
            "1e99999999999",
            "9".repeat(400));

    private static final List<String> KEPT = List.of(
            "12345678901234567.89",
            "{ \"n\" : 1.10 , \"b\":1E+2 }",
            "\"\\ud83d\\ude00\"",
            "\"\\u0000\"",
            "1.7976931348623157e308",
            "-0.0");

    private static final List<String> NOT_BOUND = List.of(
            "{\"orderId\":\"o\",\"totalCents\":1299.99}",
            "{\"orderId\":\"o\",\"totalCents\":1299.0}",
            "{\"orderId\":\"o\",\"totalCents\":\"1299\"}",
            "{\"orderId\":\"o\",\"totalCents\":null}",
            "{\"orderId\":\"o\",\"totalCents\":true}",
            "{\"orderId\":\"o\",\"totalCents\":99999999999999999999}",
            "{\"orderId\":17,\"totalCents\":1299}",
            "{\"orderId\":\"o\"}",
            "[]",
            "\"{}\"",
            "\"\"");

    private static final List<String> TIMES = List.of(
            "2016-12-31T23:59:60Z",
            "2026-11-22T05:00:60Z",
            "2026-11-22T05:00:00.1234567890123Z",
            "2026-11-22T05:00:00+23:59",
            "2026-11-22T05:00:00+24:00",
            "2026-11-22t05:00:00z",
            "2026-11-22 05:00:00Z",
            "2026-11-22T05:00Z",
            "1763787600");

    private static final List<String> ENVELOPES = List.of(
            "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}",
            "{\"before\":null,\"after\":{\"id\":1},\"source\":{},\"op\":\"c\",\"ts_ms\":1}",
            "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"id\":1}}",
            "{\"schema\":{},\"payload\":{\"before\":null,\"after\":{},\"source\":{},\"op\":\"c\"}}",
            "{\"id\":NaN}",
            "{'id':1}",
            "{\"id\":1} {\"id\":2}");

    private final Random random;
    private final String topic;

    HostileLookalikes(Random random, String topic) {
        this.random = random;
        this.topic = topic;
    }

    ProducerRecord<byte[], byte[]> next(String user, String id) {
        var key = user.getBytes(UTF_8);
        return switch (random.nextInt(9)) {
            case 0 -> record(key, disguised(action(user, id, "h.good", "2026-11-22T05:00:00Z", "{}")));
            case 1 ->
                record(
                        key,
                        action(user, id, "h.lost", "2026-11-22T05:00:00Z", oneOf(NOT_TO_BE_KEPT))
                                .getBytes(UTF_8));
            case 2 ->
                record(
                        key,
                        action(user, id, "h.kept", "2026-11-22T05:00:00Z", oneOf(KEPT))
                                .getBytes(UTF_8));
            case 3 ->
                record(
                        key,
                        action(user, id, "order.placed", "2026-11-22T05:00:00Z", oneOf(NOT_BOUND))
                                .getBytes(UTF_8));
            case 4 -> record(key, action(user, id, "h.time", oneOf(TIMES), "{}").getBytes(UTF_8));
            case 5 -> record(key, oneOf(ENVELOPES).getBytes(UTF_8));
            case 6 ->
                record(
                        binaryKey(),
                        action(user, id, "h.key", "2026-11-22T05:00:00Z", "{}").getBytes(UTF_8));
            case 7 -> ofHttp(key, user, id);
            default ->
                record(
                        null,
                        action(user, id, "h.keyless", "2026-11-22T05:00:00Z", "{}")
                                .getBytes(UTF_8));
        };
    }

    private ProducerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ProducerRecord<>(topic, null, key, value);
    }

    private ProducerRecord<byte[], byte[]> ofHttp(byte[] key, String user, String id) {
        var record = record(key, "{}".getBytes(UTF_8));
        record.headers().add("ce-specversion", "1.0".getBytes(UTF_8));
        record.headers().add("ce-id", id.getBytes(UTF_8));
        record.headers().add("ce-subject", user.getBytes(UTF_8));
        return record;
    }

    private byte[] disguised(String action) {
        return switch (random.nextInt(8)) {
            case 0 ->
                concat(
                        ByteBuffer.allocate(5)
                                .put((byte) 0)
                                .putInt(random.nextInt(100))
                                .array(),
                        action.getBytes(UTF_8));
            case 1 -> gzip(action.getBytes(UTF_8));
            case 2 -> action.getBytes(Charset.forName("UTF-16LE"));
            case 3 -> action.getBytes(Charset.forName("UTF-32"));
            case 4 -> ("\"" + action.replace("\"", "\\\"") + "\"").getBytes(UTF_8);
            case 5 -> ("[" + action + "]").getBytes(UTF_8);
            case 6 -> ("<a>" + action + "</a>").getBytes(UTF_8);
            default -> ("\ufeff" + action).getBytes(UTF_8);
        };
    }

    private byte[] binaryKey() {
        return switch (random.nextInt(3)) {
            case 0 ->
                ByteBuffer.allocate(Long.BYTES).putLong(random.nextInt(500)).array();
            case 1 ->
                ByteBuffer.allocate(Integer.BYTES).putInt(random.nextInt(500)).array();
            default ->
                ByteBuffer.allocate(16)
                        .putLong(random.nextLong())
                        .putLong(random.nextLong())
                        .array();
        };
    }

    private static String action(String user, String id, String type, String time, String payload) {
        return Hostile.envelope(Hostile.text(id), Hostile.text(user), Hostile.text(type), Hostile.text(time), payload);
    }

    private static byte[] gzip(byte[] bytes) {
        var all = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(all)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toByteArray();
    }

    private static byte[] concat(byte[] one, byte[] other) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(one);
        all.writeBytes(other);
        return all.toByteArray();
    }

    private String oneOf(List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }
}
