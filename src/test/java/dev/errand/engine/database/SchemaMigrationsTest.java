package dev.errand.engine.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.Servers;
import java.io.Reader;
import java.io.StringReader;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs with migrations of Errand, of the examples and of a team start one after the other on one database. */
class SchemaMigrationsTest {

    private static MySqlServer mySql;
    private static Database database;

    private final Map<String, String> program = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        mySql = Servers.mySql(
                List.of("--skip-log-bin", "--innodb-flush-log-at-trx-commit=2", "--performance-schema=OFF"));
        mySql.start();
        database = Database.at(mySql::jdbcUrl);
    }

    @AfterAll
    static void stop() {
        mySql.close();
    }

    @BeforeEach
    void empty() {
        Flyway.configure()
                .dataSource(mySql.jdbcUrl(), "errand", "errand")
                .cleanDisabled(false)
                .load()
                .clean();
        program.put("db/errand/V1__ledger.sql", "CREATE TABLE user_activity (user_id INT)");
    }

    private record Started(SchemaMigrations migrations, Flyway team) {
        List<String> pending() {
            return migrations.pending(team).stream()
                    .map(MigrationInfo::getScript)
                    .toList();
        }
    }

    private Started made(String... locations) {
        var configuration = Flyway.configure()
                .dataSource(mySql.jdbcUrl(), "errand", "errand")
                .locations(locations)
                .resourceProvider(new Packaged(Map.copyOf(program)));
        var migrations = new SchemaMigrations();
        migrations.customize(configuration);
        return new Started(migrations, configuration.load());
    }

    private Started started() {
        var made = made("db/errand", "db/examples", "db/migration");
        made.team.migrate();
        return made;
    }

    private static List<String> tables() {
        return database.texts(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1");
    }

    @Test
    void shouldRunErrandsNextMigrationWhateverNumbersTheTeamHasUsed() {
        program.put("db/migration/V1__gifts.sql", "CREATE TABLE gift (id INT)");
        program.put("db/migration/V100__more_gifts.sql", "CREATE TABLE more_gifts (id INT)");
        started();

        program.put("db/errand/V2__later.sql", "CREATE TABLE later (id INT)");
        var next = started();

        assertThat(tables()).contains("later", "gift", "more_gifts", "errand_schema_history", "flyway_schema_history");
        assertThat(next.pending()).isEmpty();
        assertThat(next.migrations.current().getVersion()).hasToString("2");
        assertThat(next.team.info().current().getVersion()).hasToString("100");
    }

    @Test
    void shouldTellOfEachHistoryThatHasChangedAndOfNoOther() {
        // Given
        program.put("db/errand/V2__later.sql", "CREATE TABLE later (id INT)");
        program.put("db/migration/V7__gifts.sql", "CREATE TABLE gift (id INT)");
        try (var log = LogLines.of(SchemaMigrations.class.getName())) {
            // When
            started();
            started();
            program.put("db/errand/V3__still_later.sql", "CREATE TABLE still_later (id INT)");
            started();

            // Then
            assertThat(log.lines())
                    .containsExactly(
                            "The schema was migrated: db/errand is now at version 2 (2 migrations)",
                            "The schema was migrated: db/migration is now at version 7 (1 migration)",
                            "The schema was migrated: db/errand, which was at version 2, is now at version 3 (1 migration)");
        }
    }

    @Test
    void shouldStartWithoutTheExamplesWhereTheyHaveBeen() {
        program.put("db/examples/V1__loyalty.sql", "CREATE TABLE loyalty_account (user_id INT)");
        program.put("db/examples/V2__members.sql", "CREATE TABLE member (user_id INT)");
        started();
        assertThat(tables()).contains("loyalty_account", "member", "examples_schema_history");

        program.keySet().removeIf(path -> path.startsWith("db/examples/"));
        program.put("db/migration/V1__gifts.sql", "CREATE TABLE gift (id INT)");
        var without = started();

        without.team.validate();
        assertThat(without.pending()).isEmpty();
        assertThat(tables()).contains("gift", "member");
    }

    @Test
    void shouldMigrateErrandsBeforeTheTeamsWhichMayReadThem() {
        program.put("db/migration/V1__view.sql", "CREATE VIEW busy_user AS SELECT user_id FROM user_activity");

        started();

        assertThat(tables()).contains("busy_user");
    }

    @Test
    void shouldNameAllThatAreMissingErrandsFirst() {
        program.put("db/migration/V1__gifts.sql", "CREATE TABLE gift (id INT)");

        assertThat(made("db/errand", "db/migration").pending())
                .containsExactly("db/errand/V1__ledger.sql", "db/migration/V1__gifts.sql");
    }

    @Test
    void shouldTellErrandsVersionWhateverIsListedBefore() {
        program.put("db/examples/V9__loyalty.sql", "CREATE TABLE loyalty_account (user_id INT)");
        var made = made("db/examples", "db/errand", "db/migration");
        made.team.migrate();

        assertThat(made.migrations.current().getVersion()).hasToString("1");
    }

    @Test
    void shouldStartOnASchemaThatHasTablesAlready() {
        database.execute("CREATE TABLE somebody_elses (id INT)");
        program.put("db/migration/V1__gifts.sql", "CREATE TABLE gift (id INT)");

        assertThat(started().pending()).isEmpty();

        assertThat(tables()).contains("gift", "user_activity", "somebody_elses");
    }

    @Test
    void shouldSayThatErrandsLocationIsLeftOut() {
        assertThatThrownBy(() -> made("db/migration"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("quarkus.flyway.locations=db/migration lacks db/errand");
    }

    /** The migrations that Quarkus finds when it builds a program. */
    private record Packaged(Map<String, String> files) implements ResourceProvider {

        @Override
        public LoadableResource getResource(String name) {
            return files.containsKey(name) ? resource(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return files.keySet().stream()
                    .filter(path -> path.substring(path.lastIndexOf('/') + 1).startsWith(prefix))
                    .filter(path -> List.of(suffixes).stream().anyMatch(path::endsWith))
                    .map(this::resource)
                    .toList();
        }

        private LoadableResource resource(String path) {
            return new LoadableResource() {
                @Override
                public Reader read() {
                    return new StringReader(files.get(path));
                }

                @Override
                public String getAbsolutePath() {
                    return path;
                }

                @Override
                public String getAbsolutePathOnDisk() {
                    return path;
                }

                @Override
                public String getFilename() {
                    return path.substring(path.lastIndexOf('/') + 1);
                }

                @Override
                public String getRelativePath() {
                    return path;
                }
            };
        }
    }
}
