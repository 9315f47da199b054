package dev.errand.bench;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * One action of a workload.
 *
 * @param payload in the form in which MySQL's JSON columns give it back
 */
record Sample(String id, String user, String type, LocalDateTime occurredAt, String payload) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    /** The same action at another time. */
    Sample at(LocalDateTime time) {
        return new Sample(id, user, type, time, payload);
    }

    String json() {
        return "{\"id\":\"" + id + "\",\"type\":\"" + type + "\",\"userId\":\"" + user + "\",\"occurredAt\":\""
                + TIME.format(occurredAt) + "\",\"payload\":" + payload + "}";
    }
}
