package dev.errand.testsupport;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records as users of Errand publish them. */
public final class Actions {

    public static final String TOPIC = "user-actions";

    private static final AtomicLong NEXT = new AtomicLong();

    private Actions() {}

    /** A user id that no other test has. */
    public static String newUser() {
        return "u-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    }

    /** An action id that no other test has. */
    public static String newId() {
        return "a-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    }

    public static String json(String id, String type, String userId, String payload) {
        return """
                {"id":"%s","type":"%s","userId":"%s","occurredAt":"2020-11-22T05:00:00.123456Z","payload":%s}""".formatted(id, type, userId, payload);
    }

    public static ProducerRecord<String, String> record(String id, String type, String userId, String payload) {
        return new ProducerRecord<>(TOPIC, userId, json(id, type, userId, payload));
    }

    /** An order, for which the example handler gives one point for each 100 cents. */
    public static ProducerRecord<String, String> order(String userId, long cents) {
        return record(newId(), "order.placed", userId, "{\"orderId\":\"o-1\",\"totalCents\":" + cents + "}");
    }
}
