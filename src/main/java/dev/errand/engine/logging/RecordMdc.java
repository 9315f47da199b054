package dev.errand.engine.logging;

import dev.errand.action.RecordPosition;
import org.jboss.logging.MDC;

/** Logs with an action's topic, partition and offset as MDC fields, without its user or payload. Stateless and thread-safe. */
public final class RecordMdc {

    private static final String TOPIC = "topic";
    private static final String PARTITION = "partition";
    private static final String OFFSET = "offset";

    private RecordMdc() {}

    public static void at(RecordPosition position, Runnable log) {
        MDC.put(TOPIC, position.topic());
        MDC.put(PARTITION, position.partition());
        MDC.put(OFFSET, position.offset());
        try {
            log.run();
        } finally {
            MDC.remove(TOPIC);
            MDC.remove(PARTITION);
            MDC.remove(OFFSET);
        }
    }
}
