package dev.errand.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Generates CloudEvents in both modes, most of them invalid. */
final class HostileEvents {

    private static final List<String> VERSIONS = List.of("0.3", "0.0", "2.0", "1", "1.", "1.1", "1.0.2", "v1.0", "");

    private static final List<String> FORMATS = List.of(
            "application/cloudevents+json; charset=utf-8",
            "Application/CloudEvents+JSON",
            "application/cloudevents-batch+json",
            "application/cloudevents+avro",
            "application/cloudevents",
            "application/cloudeventsandmore");

    private static final List<String> MEDIA_TYPES = List.of(
            "text/plain",
            "application/avro",
            "application/vnd.h+json",
            "application/json; charset=utf-16",
            "application/jsonp",
            "/json",
            "json",
            ";",
            "");

    private static final List<String> DATA =
            List.of("null", "", "  ", "1 2", "\"", "[[", "{\"a\":1,\"a\":1}", "{}", "true ", "\\u0000", "\"\\ud800\"");

    private static final List<String> TRACES = List.of(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "trace",
            "");

    private final Random random;
    private final String topic;

    HostileEvents(Random random, String topic) {
        this.random = random;
        this.topic = topic;
    }

    /** @param earlierId the id of an earlier record, or of this one */
    ProducerRecord<byte[], byte[]> next(byte[] key, String user, String id, String earlierId) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("specversion", "1.0");
        attributes.put("id", id);
        attributes.put("source", "/hostile");
        attributes.put("type", "h.event");
        attributes.put("subject", user);
        attributes.put("time", "2026-11-22T05:00:00Z");
        var data = "{\"n\":1}";
        switch (random.nextInt(16)) {
            case 0 -> attributes.put("specversion", oneOf(VERSIONS));
            case 1 -> attributes.remove(oneOf(List.copyOf(attributes.keySet())));
            case 2 -> attributes.put("subject", "h-somebody-else");
            case 3 -> attributes.put(oneOf(List.copyOf(attributes.keySet())), oneOf(Hostile.NASTY));
            case 4 -> attributes.put("datacontenttype", oneOf(MEDIA_TYPES));
            case 5 -> attributes.put("time", oneOf(Hostile.TIMES));
            case 6 -> attributes.put("traceparent", oneOf(TRACES));
            case 7 -> attributes.put("data_base64", "e30=");
            case 8 -> attributes.put("id", earlierId);
            case 9 -> data = null;
            case 10, 11 -> data = oneOf(DATA);
            default -> attributes.put("extension", oneOf(Hostile.NASTY));
        }
        return random.nextBoolean() ? structured(key, attributes, data) : binary(key, attributes, data);
    }

    private ProducerRecord<byte[], byte[]> structured(byte[] key, Map<String, String> attributes, String data) {
        var text = attributes.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":\"" + each.getValue() + "\"")
                .collect(Collectors.joining(",", "{", data == null ? "}" : ",\"data\":" + data + "}"));
        var value =
                switch (random.nextInt(20)) {
                    case 0 -> null;
                    case 1 -> bytes(300);
                    case 2 -> Arrays.copyOf(text.getBytes(UTF_8), random.nextInt(text.length()));
                    case 3 -> text.replaceFirst("\\{", "{\"id\":\"twice\",").getBytes(UTF_8);
                    case 4 -> text.replace("\"h.event\"", "null").getBytes(UTF_8);
                    case 5 -> text.replace("\"1.0\"", "1.0").getBytes(UTF_8);
                    default -> text.getBytes(UTF_8);
                };
        var record = new ProducerRecord<>(topic, null, key, value);
        var format = random.nextInt(4) == 0 ? oneOf(FORMATS) : "application/cloudevents+json";
        record.headers().add("content-type", format.getBytes(UTF_8));
        if (random.nextInt(10) == 0) {
            attributes.forEach((name, content) -> record.headers().add("ce_" + name, content.getBytes(UTF_8)));
        }
        return record;
    }

    private ProducerRecord<byte[], byte[]> binary(byte[] key, Map<String, String> attributes, String data) {
        var value = random.nextInt(20) == 0 ? bytes(300) : data == null ? null : data.getBytes(UTF_8);
        var record = new ProducerRecord<>(topic, null, key, value);
        var spoilt = oneOf(List.copyOf(attributes.keySet()));
        int how = random.nextInt(20);
        attributes.forEach((name, content) -> {
            var header = name.equals("datacontenttype") ? "content-type" : "ce_" + name;
            if (how == 0 && name.equals(spoilt)) {
                record.headers().add(header, bytes(10));
            } else if (how == 1 && name.equals(spoilt)) {
                record.headers().add(header, null);
            } else {
                record.headers().add(header, content.getBytes(UTF_8));
            }
            if (how == 2 && name.equals(spoilt)) {
                record.headers().add(header, bytes(10));
            }
        });
        return record;
    }

    private String oneOf(List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }

    private byte[] bytes(int fewerThan) {
        var bytes = new byte[random.nextInt(fewerThan)];
        random.nextBytes(bytes);
        return bytes;
    }
}
