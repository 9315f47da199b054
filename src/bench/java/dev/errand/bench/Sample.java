package dev.errand.bench;

import java.time.LocalDateTime;

/**
 * One action of a workload.
 *
 * @param payload in the form in which MySQL's JSON columns give it back
 */
record Sample(String id, String user, String type, LocalDateTime occurredAt, String payload) {

    String json() {
        return "{\"id\":\"" + id + "\",\"type\":\"" + type + "\",\"userId\":\"" + user + "\",\"occurredAt\":\""
                + occurredAt + "Z\",\"payload\":" + payload + "}";
    }
}
