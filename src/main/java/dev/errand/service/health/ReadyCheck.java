package dev.errand.service.health;

import dev.errand.service.metrics.Availability;
import dev.errand.service.metrics.DependencyMonitor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Always up while this process runs: API and console then answer, even if only that the database is down. Dependencies
 * that are down are reported in the data, for people and alerts; taking the process out of service would help nobody.
 */
@Readiness
@Singleton
final class ReadyCheck implements HealthCheck {

    private static final int MOST_GAPS = 10;

    private final DependencyMonitor dependencies;

    @Inject
    ReadyCheck(DependencyMonitor dependencies) {
        this.dependencies = dependencies;
    }

    @Override
    public HealthCheckResponse call() {
        var answer = HealthCheckResponse.named("api")
                .withData("database", text(dependencies.database()))
                .withData("kafka", text(dependencies.kafka()));
        var stalled = dependencies.stalled();
        if (!stalled.isEmpty()) {
            answer.withData("stalled", String.join(", ", stalled));
        }

        var gaps = dependencies.gaps();
        if (!gaps.isEmpty()) {
            answer.withData("gaps", gaps.stream().limit(MOST_GAPS).collect(Collectors.joining("; ")));
        }
        var held = dependencies.held();
        if (!held.isEmpty()) {
            answer.withData("held", String.join(", ", held));
        }

        dependencies.quarantined().ifPresent(message -> answer.withData("quarantined", message));

        return answer.up().build();
    }

    private static String text(Optional<Availability> reach) {
        return reach.map(Availability::toString).orElse("not sampled yet");
    }
}
