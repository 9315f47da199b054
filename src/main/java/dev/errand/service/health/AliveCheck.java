package dev.errand.service.health;

import dev.errand.engine.liveness.LivenessMonitor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Whether the engine's threads make progress, see ADR 9. It does not query the database or Kafka, because a restart
 * repairs neither.
 */
@Liveness
@Singleton
final class AliveCheck implements HealthCheck {

    private final LivenessMonitor liveness;

    @Inject
    AliveCheck(LivenessMonitor liveness) {
        this.liveness = liveness;
    }

    @Override
    public HealthCheckResponse call() {
        var troubles = liveness.troubles();
        var answer = HealthCheckResponse.named("engine").status(troubles.isEmpty());
        return troubles.isEmpty()
                ? answer.build()
                : answer.withData("troubles", String.join("; ", troubles)).build();
    }
}
