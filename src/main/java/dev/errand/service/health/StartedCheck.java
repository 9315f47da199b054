package dev.errand.service.health;

import dev.errand.engine.database.SchemaMigrations;
import dev.errand.engine.handlers.HandlerRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;

/**
 * Whether the schema is this version's. Once it was up it stays up: a database that goes down later is no reason for a
 * restart. Invalid handlers, contradictory configuration and failed migrations end the process before this check is
 * asked.
 */
@Startup
@Singleton
final class StartedCheck implements HealthCheck {

    private static final String NAME = "started";

    private final Flyway flyway;
    private final SchemaMigrations migrations;
    private final HandlerRegistry handlers;
    private volatile @Nullable HealthCheckResponse started;

    @Inject
    StartedCheck(Flyway flyway, SchemaMigrations migrations, HandlerRegistry handlers) {
        this.flyway = flyway;
        this.migrations = migrations;
        this.handlers = handlers;
    }

    /** Asks once at the start, since the database may be down again when the first probe comes. */
    void look(@Observes StartupEvent event) {
        call();
    }

    @Override
    public HealthCheckResponse call() {
        var known = started;
        if (known == null) {
            known = look();
            if (isFinal(known)) {
                started = known;
            }
        }
        return known;
    }

    /** An answer given during an outage is up, to prevent a restart, but the schema has to be checked again. */
    private static boolean isFinal(HealthCheckResponse answer) {
        return answer.getStatus() == HealthCheckResponse.Status.UP
                && answer.getData()
                        .map(data -> data.containsKey("pending-migrations"))
                        .orElse(false);
    }

    private HealthCheckResponse look() {
        var answer = HealthCheckResponse.named(NAME).withData("handlers", handlers.count());
        try {
            var pending = migrations.pending(flyway).size();
            return answer.withData("schema", version(migrations.current()))
                    .withData("pending-migrations", pending)
                    .status(pending == 0)
                    .build();
        } catch (FlywayException e) {
            return answer.withData(
                            "schema", "the database is down: " + e.getClass().getSimpleName())
                    .up()
                    .build();
        }
    }

    private static String version(@Nullable MigrationInfo current) {
        return current == null ? "none" : String.valueOf(current.getVersion());
    }
}
