package dev.errand.engine.intake;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.errand.engine.offsets.IntakeConfig;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;

/**
 * Refuses to start in production on a JVM that continues after an {@link OutOfMemoryError}. After one in {@code poll} Kafka's client
 * has lost the records of that poll and has moved its positions past them, and the connector goes on polling. See ADR 12.
 */
@Singleton
final class MemoryStartupCheck {

    private final boolean takesActions;
    private final LaunchMode mode;

    @Inject
    MemoryStartupCheck(IntakeConfig config, LaunchMode mode) {
        this.takesActions = config.enabled();
        this.mode = mode;
    }

    /** Runs before any record is read from Kafka. */
    void check(@Observes @Priority(1) StartupEvent event) {
        if (mode == LaunchMode.NORMAL && takesActions && ImageMode.current() == ImageMode.JVM && goesOn()) {
            throw new IllegalStateException(
                    "This JVM continues after an OutOfMemoryError, and Kafka's client may then skip"
                            + " records: start it with -XX:+ExitOnOutOfMemoryError (java -XX:+ExitOnOutOfMemoryError -jar …)");
        }
    }

    private static boolean goesOn() {
        try {
            var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return jvm != null
                    && Stream.of("ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError")
                            .noneMatch(option ->
                                    Boolean.parseBoolean(jvm.getVMOption(option).getValue()));
        } catch (IllegalArgumentException anotherJvmWithOtherOptions) {
            return false;
        }
    }
}
