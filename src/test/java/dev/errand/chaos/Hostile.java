package dev.errand.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Generates invalid and malicious records with valid ones among them; the same seed gives the same records. */
public final class Hostile {

    static final List<String> NASTY = List.of(
            "'; DROP TABLE user_action; --",
            "<script>alert(1)</script>",
            "\\u0000",
            "\\ud800",
            "\\udc00\\ud800",
            "a\\u0000b",
            "\u202egnp.exe",
            "${jndi:ldap://localhost/a}",
            "%s%n%x",
            "\\\\",
            "é".repeat(64),
            "x".repeat(65),
            "",
            " ",
            "\t",
            "null",
            "\uD83D\uDE00");

    static final List<String> TIMES = List.of(
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "9999-12-31T23:59:59.999999Z",
            "+10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T05:00:60Z",
            "2026-11-22T05:00:00+18:00",
            "1000-01-01T00:00:00+18:00",
            "9999-12-31T23:59:59-18:00",
            "yesterday");

    private final Random random;
    private final String topic;
    private final HostileEvents events;
    private final HostileLookalikes lookalikes;
    private int number;

    public Hostile(long seed, String topic) {
        this.random = new Random(seed);
        this.topic = topic;
        this.events = new HostileEvents(random, topic);
        this.lookalikes = new HostileLookalikes(random, topic);
    }

    public ProducerRecord<byte[], byte[]> next() {
        number++;
        var user = "h-" + random.nextInt(500);
        var id = "h-" + number;
        var record =
                switch (random.nextInt(5)) {
                    case 0, 1 -> events.next(key(user), user, id, "h-" + (1 + random.nextInt(number)));
                    case 2 -> lookalikes.next(user, id);
                    default -> new ProducerRecord<>(topic, null, key(user), value(user, id));
                };
        for (int i = random.nextInt(20) == 0 ? random.nextInt(200) : 0; i > 0; i--) {
            record.headers().add("h".repeat(1 + random.nextInt(50)), random.nextBoolean() ? null : bytes(100));
        }
        return record;
    }

    private byte[] key(String user) {
        return switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> bytes(20);
            case 2 -> random.nextInt(50) == 0 ? bytes(200_000) : new byte[0];
            case 3 -> nasty().getBytes(UTF_8);
            default -> user.getBytes(UTF_8);
        };
    }

    private byte[] value(String user, String id) {
        var good = envelope(text(id), text(user), text("h.good"), text("2026-11-22T05:00:00Z"), "{\"n\":1}");
        return switch (random.nextInt(20)) {
            case 0 -> null;
            case 1 -> bytes(300);
            case 2 -> Arrays.copyOf(good.getBytes(UTF_8), random.nextInt(good.length()));
            case 3 -> cutInsideACharacter(envelope(text(id), text(user), text("h"), text("€€€€"), "1"));
            case 4 -> deep(1 + random.nextInt(random.nextInt(50) == 0 ? 100_000 : 80), user, id);
            case 5 ->
                envelope(text(id), text(user), text("h.number"), text("2026-11-22T05:00:00Z"), giant())
                        .getBytes(UTF_8);
            case 6 -> good.replace("\"id\"", "\"id\":\"other\",\"id\"").getBytes(UTF_8);
            case 7 ->
                envelope(text(nasty()), text(user), text("h.id"), text("2026-11-22T05:00:00Z"), "{}")
                        .getBytes(UTF_8);
            case 8 ->
                envelope(text(id), text(nasty()), text("h.user"), text("2026-11-22T05:00:00Z"), "{}")
                        .getBytes(UTF_8);
            case 9 ->
                envelope(text(id), text(user), text(nasty()), text("2026-11-22T05:00:00Z"), "{}")
                        .getBytes(UTF_8);
            case 10 ->
                envelope(
                                text(id),
                                text(user),
                                text("h.payload"),
                                text("2026-11-22T05:00:00Z"),
                                "{\"" + nasty() + "\":\"" + nasty() + "\"}")
                        .getBytes(UTF_8);
            case 11 ->
                envelope(text(id), text(user), text("h.time"), text(TIMES.get(random.nextInt(TIMES.size()))), "0")
                        .getBytes(UTF_8);
            case 12 ->
                envelope(
                                text(twisted("h-" + random.nextInt(number))),
                                text(user),
                                text("h.twin"),
                                text("2026-11-22T05:00:00Z"),
                                "{}")
                        .getBytes(UTF_8);
            case 13 -> envelope("17", "[]", "{}", "null", "true").getBytes(UTF_8);
            case 14 ->
                envelope(text(id), text(user), text("order.placed"), text("2026-11-22T05:00:00Z"), ordered())
                        .getBytes(UTF_8);
            case 15 ->
                random.nextInt(50) == 0
                        ? envelope(text(id), text(user), text("h.big"), text("2026-11-22T05:00:00Z"), big())
                                .getBytes(UTF_8)
                        : good.getBytes(
                                random.nextBoolean()
                                        ? java.nio.charset.StandardCharsets.UTF_16
                                        : java.nio.charset.StandardCharsets.ISO_8859_1);
            default -> good.getBytes(UTF_8);
        };
    }

    /** Ids that a careless comparison takes for equal. */
    private String twisted(String id) {
        return switch (random.nextInt(4)) {
            case 0 -> id.toUpperCase(java.util.Locale.ROOT);
            case 1 -> id + " ";
            case 2 -> id + "\\u0000";
            default -> id;
        };
    }

    private String ordered() {
        return switch (random.nextInt(5)) {
            case 0 -> "{\"orderId\":\"\",\"totalCents\":100}";
            case 1 -> "{\"orderId\":\"o\",\"totalCents\":-1}";
            case 2 -> "{\"orderId\":\"o\",\"totalCents\":1e400}";
            case 3 -> "null";
            default -> "{\"orderId\":\"o\",\"totalCents\":100}";
        };
    }

    private String giant() {
        return switch (random.nextInt(4)) {
            case 0 -> "1" + "0".repeat(random.nextInt(2000));
            case 1 -> "1e999999999";
            case 2 -> "-0.000" + "1".repeat(random.nextInt(900));
            default -> "18446744073709551616";
        };
    }

    private String big() {
        return "\"" + "b".repeat(random.nextInt(400_000)) + "\"";
    }

    private byte[] deep(int levels, String user, String id) {
        var payload = "[".repeat(levels) + (random.nextBoolean() ? "]".repeat(levels) : "");
        return envelope(text(id), text(user), text("h.deep"), text("2026-11-22T05:00:00Z"), payload)
                .getBytes(UTF_8);
    }

    private byte[] cutInsideACharacter(String text) {
        var bytes = new ArrayList<Byte>();
        for (byte each : text.getBytes(UTF_8)) {
            if (each >= 0 || random.nextInt(3) > 0) {
                bytes.add(each);
            }
        }
        var cut = new byte[bytes.size()];
        for (int i = 0; i < cut.length; i++) {
            cut[i] = bytes.get(i);
        }
        return cut;
    }

    static String envelope(String id, String user, String type, String time, String payload) {
        return "{\"id\":" + id + ",\"type\":" + type + ",\"userId\":" + user + ",\"occurredAt\":" + time
                + ",\"payload\":" + payload + "}";
    }

    static String text(String content) {
        return "\"" + content + "\"";
    }

    private String nasty() {
        return NASTY.get(random.nextInt(NASTY.size()));
    }

    private byte[] bytes(int atMost) {
        var bytes = new byte[random.nextInt(atMost)];
        random.nextBytes(bytes);
        return bytes;
    }
}
