package dev.errand.engine.database;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jboss.logging.Logger;

/**
 * Refuses to start if the schema lacks migrations of this program, because every unit of work would fail. A schema that is ahead is
 * accepted, because it is normal while a new version is rolled out.
 */
@Singleton
final class SchemaStartupCheck {

    private static final Logger LOG = Logger.getLogger(SchemaStartupCheck.class);

    private final Flyway flyway;
    private final SchemaMigrations migrations;

    @Inject
    SchemaStartupCheck(Flyway flyway, SchemaMigrations migrations) {
        this.flyway = flyway;
        this.migrations = migrations;
    }

    /**
     * Runs before the first record is consumed. Quarkus has migrated by then, unless it is configured not to.
     *
     * @throws IllegalStateException if migrations are missing; says which, and what to do
     */
    void check(@Observes @Priority(2) StartupEvent event) {
        List<MigrationInfo> pending;
        try {
            pending = migrations.pending(flyway);
        } catch (FlywayException e) {
            // An outage is no reason to refuse the start: units of work are held until the database works.
            LOG.warnf("It is not known whether the schema is up to date: %s", e.getMessage());
            return;
        }
        if (!pending.isEmpty()) {
            throw new IllegalStateException("The schema is behind, these migrations are missing: "
                    + pending.stream().map(SchemaStartupCheck::name).collect(Collectors.joining(", "))
                    + ". Run them first, by this program with quarkus.flyway.migrate-at-start=true,"
                    + " quarkus.init-and-exit=true and errand.intake.enabled=false");
        }
    }

    private static String name(MigrationInfo migration) {
        var script = migration.getScript();
        return script.substring(script.lastIndexOf('/') + 1);
    }
}
