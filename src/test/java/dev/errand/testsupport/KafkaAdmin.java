package dev.errand.testsupport;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Kafka's administration for tests. */
public final class KafkaAdmin {

    private KafkaAdmin() {}

    /** To be closed by the caller. */
    public static Admin of(String bootstrapServers) {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
