package dev.errand.health;

import dev.errand.metrics.Reach;
import dev.errand.metrics.Surroundings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether API and console can be asked: they answer while this process runs, also that the database is away. What Errand needs
 * and can't reach is told in the data, for people and alerts; taking the process out of service would help nobody.
 */
@Readiness
@Singleton
final class ReadyCheck implements HealthCheck {

    private static final int MOST_GAPS = 10;

    private final Surroundings surroundings;

    @Inject
    ReadyCheck(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public HealthCheckResponse call() {
        var answer = HealthCheckResponse.named("api")
                .withData("database", text(surroundings.database()))
                .withData("kafka", text(surroundings.kafka()));
        var stalled = surroundings.stalled();
        if (!stalled.isEmpty()) {
            answer.withData("stalled", String.join(", ", stalled));
        }
        var gaps = surroundings.gaps();
        if (!gaps.isEmpty()) {
            answer.withData("gaps", gaps.stream().limit(MOST_GAPS).collect(Collectors.joining("; ")));
        }
        var held = surroundings.held();
        if (!held.isEmpty()) {
            answer.withData("held", String.join(", ", held));
        }
        return answer.up().build();
    }

    private static String text(Optional<Reach> reach) {
        return reach.map(Reach::toString).orElse("not asked yet");
    }
}
