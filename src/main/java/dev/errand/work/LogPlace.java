package dev.errand.work;

import dev.errand.action.Coordinates;
import org.jboss.logging.MDC;

/** Logs with an action's Kafka coordinates as fields of their own: never whose it is or what is in it. */
final class LogPlace {

    private static final String TOPIC = "topic";
    private static final String PARTITION = "partition";
    private static final String OFFSET = "offset";

    private LogPlace() {}

    static void at(Coordinates coordinates, Runnable log) {
        MDC.put(TOPIC, coordinates.topic());
        MDC.put(PARTITION, coordinates.partition());
        MDC.put(OFFSET, coordinates.offset());
        try {
            log.run();
        } finally {
            MDC.remove(TOPIC);
            MDC.remove(PARTITION);
            MDC.remove(OFFSET);
        }
    }
}
