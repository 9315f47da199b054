package dev.errand.engine.database;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the migrations of a team and of Errand independent of each other. Of {@code quarkus.flyway.locations}, Quarkus's Flyway
 * runs only the team's, {@value #TEAM}. Each other location, such as Errand's {@value #ERRAND}, has version numbers of its own and
 * a history table {@code NAME_schema_history}. They are migrated before the team's, in the order in which they are listed. See
 * ADR 18. Thread-safe.
 */
@Singleton
public final class SchemaMigrations implements FlywayConfigurationCustomizer {

    private static final Logger LOG = Logger.getLogger(SchemaMigrations.class);

    private static final String TEAM = "db/migration";
    private static final String ERRAND = "db/errand";

    /** The baseline version of a history without migrations. */
    private static final String BEGINNING = "0";

    /** The Flyway of each location except the team's, by location. */
    private volatile Map<String, Flyway> histories = Map.of();

    @Override
    public void customize(FluentConfiguration configuration) {
        var resources = configuration.getResourceProvider();
        var locations = Arrays.stream(configuration.getLocations())
                .map(Location::getRootPath)
                .toList();
        if (!locations.contains(ERRAND)) {
            throw new IllegalStateException("quarkus.flyway.locations=" + String.join(",", locations) + " lacks "
                    + ERRAND + ", which has Errand's own tables: add it");
        }
        Map<String, Flyway> own = new LinkedHashMap<>();
        for (var location : locations) {
            var migrations = new Within(resources, path -> isIn(location, path));
            if (!location.equals(TEAM) && !migrations.isEmpty(configuration)) {
                own.put(
                        location,
                        Flyway.configure()
                                .configuration(configuration)
                                .resourceProvider(migrations)
                                .table(location.substring(location.lastIndexOf('/') + 1) + "_schema_history")
                                // Without a baseline, Flyway refuses a schema that has the other histories' tables.
                                .baselineOnMigrate(true)
                                .baselineVersion(BEGINNING)
                                .callbacks(new TellsWhatItDid(location))
                                .load());
            }
        }
        var teams = new Within(resources, path -> locations.stream()
                .noneMatch(location -> !location.equals(TEAM) && isIn(location, path)));
        configuration
                .resourceProvider(teams)
                .baselineOnMigrate(true)
                .baselineVersion(BEGINNING)
                // Flyway's validation warns about a location without migrations, which a team has at first.
                .validateOnMigrate(configuration.isValidateOnMigrate() && !teams.isEmpty(configuration))
                .callbacks(Stream.concat(
                                Arrays.stream(configuration.getCallbacks()),
                                Stream.of(new BeforeTheTeams(own.values()), new TellsWhatItDid(TEAM)))
                        .toArray(Callback[]::new));
        histories = own;
    }

    private static boolean isIn(String location, String path) {
        return path.startsWith(location + "/");
    }

    /**
     * The migrations of this program that have not been applied to the database.
     *
     * @param team Quarkus's Flyway, which has the team's migrations
     * @throws org.flywaydb.core.api.FlywayException if the database can't be read
     */
    public List<MigrationInfo> pending(Flyway team) {
        List<MigrationInfo> pending = new ArrayList<>();
        histories
                .values()
                .forEach(history -> pending.addAll(Arrays.asList(history.info().pending())));
        pending.addAll(Arrays.asList(team.info().pending()));
        return pending;
    }

    /** The last migration applied to Errand's own tables; null if there is none. */
    public @Nullable MigrationInfo current() {
        var errands = histories.get(ERRAND);
        return errands == null ? null : errands.info().current();
    }

    private static final class BeforeTheTeams extends BaseCallback {

        private final Collection<Flyway> histories;

        BeforeTheTeams(Collection<Flyway> histories) {
            this.histories = histories;
        }

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_MIGRATE;
        }

        @Override
        public void handle(Event event, Context context) {
            histories.forEach(Flyway::migrate);
        }
    }

    /** Logs one line for each history that was migrated. Flyway's own messages are below the level that is logged. */
    private static final class TellsWhatItDid extends BaseCallback {

        private final String location;

        TellsWhatItDid(String location) {
            this.location = location;
        }

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.AFTER_MIGRATE_OPERATION_FINISH;
        }

        @Override
        public void handle(Event event, Context context) {
            if (context.getOperationResult() instanceof MigrateResult result && result.migrationsExecuted > 0) {
                LOG.infof(
                        "The schema was migrated: %s%s is now at version %s (%d %s)",
                        location,
                        isBeginning(result.initialSchemaVersion)
                                ? ""
                                : ", which was at version " + result.initialSchemaVersion + ",",
                        result.targetSchemaVersion == null ? result.initialSchemaVersion : result.targetSchemaVersion,
                        result.migrationsExecuted,
                        result.migrationsExecuted == 1 ? "migration" : "migrations");
            }
        }

        /** Whether a history was new: Flyway then gives no version, or the baseline version. */
        private static boolean isBeginning(@Nullable String version) {
            return version == null || version.equals(BEGINNING);
        }
    }

    /** The subset, by path, of the migrations that Quarkus found when it built the application. */
    private record Within(ResourceProvider all, Predicate<String> path) implements ResourceProvider {

        boolean isEmpty(Configuration configuration) {
            return getResources("", configuration.getSqlMigrationSuffixes()).isEmpty();
        }

        @Override
        public LoadableResource getResource(String name) {
            return all.getResource(name);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return all.getResources(prefix, suffixes).stream()
                    .filter(resource -> path.test(resource.getAbsolutePath()))
                    .toList();
        }
    }
}
