package dev.errand.engine.database;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
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
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * Migrations that don't stand in each other's way: of {@code quarkus.flyway.locations} only the team's, {@value #TEAM}, belongs to
 * the Flyway that Quarkus makes. Every other one, such as Errand's {@value #ERRAND}, has version numbers and a history table of its
 * own, {@code NAME_schema_history}, and is migrated before the team's. Thread-safe.
 */
@Singleton
public final class SchemaMigrations implements FlywayConfigurationCustomizer {

    private static final String TEAM = "db/migration";
    private static final String ERRAND = "db/errand";

    private volatile List<Flyway> histories = List.of();

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
        List<Flyway> own = new ArrayList<>();
        for (var location : locations) {
            var migrations = new Within(resources, path -> isIn(location, path));
            if (!location.equals(TEAM) && !migrations.isEmpty(configuration)) {
                own.add(Flyway.configure()
                        .configuration(configuration)
                        .resourceProvider(migrations)
                        .table(location.substring(location.lastIndexOf('/') + 1) + "_schema_history")
                        // The other histories' tables are there already.
                        .baselineOnMigrate(true)
                        .baselineVersion("0")
                        .callbacks(new Callback[0])
                        .load());
            }
        }
        var teams = new Within(resources, path -> locations.stream()
                .noneMatch(location -> !location.equals(TEAM) && isIn(location, path)));
        configuration
                .resourceProvider(teams)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                // Flyway warns of a location without migrations, which is what a team has at first.
                .validateOnMigrate(configuration.isValidateOnMigrate() && !teams.isEmpty(configuration))
                .callbacks(
                        Stream.concat(Arrays.stream(configuration.getCallbacks()), Stream.of(new BeforeTheTeams(own)))
                                .toArray(Callback[]::new));
        histories = List.copyOf(own);
    }

    private static boolean isIn(String location, String path) {
        return path.startsWith(location + "/");
    }

    /**
     * Migrations that this program has and the database has not.
     *
     * @param team the Flyway that Quarkus makes
     * @throws org.flywaydb.core.api.FlywayException if the database can't be asked
     */
    public List<MigrationInfo> pending(Flyway team) {
        List<MigrationInfo> pending = new ArrayList<>();
        histories.forEach(history -> pending.addAll(Arrays.asList(history.info().pending())));
        pending.addAll(Arrays.asList(team.info().pending()));
        return pending;
    }

    /** The version of Errand's own tables; null where there are none. */
    public @Nullable MigrationInfo current() {
        return histories.isEmpty() ? null : histories.get(0).info().current();
    }

    private static final class BeforeTheTeams extends BaseCallback {

        private final List<Flyway> histories;

        BeforeTheTeams(List<Flyway> histories) {
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

    /** Some of the migrations that Quarkus found when it built the application. */
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
