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
 * Refuses to start in production on a JVM that goes on after an {@link OutOfMemoryError}. Kafka's client does not survive one
 * in {@code poll}: what it had read for that poll is gone, its positions are behind it, and the connector polls on. See ADR
 * 12.
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

    /** Before anything is taken from Kafka. */
    void check(@Observes @Priority(1) StartupEvent event) {
        if (mode == LaunchMode.NORMAL && takesActions && ImageMode.current() == ImageMode.JVM && goesOn()) {
            throw new IllegalStateException(
                    "This JVM goes on after an OutOfMemoryError, and Kafka's client may then pass over"
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
