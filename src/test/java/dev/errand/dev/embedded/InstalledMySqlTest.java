package dev.errand.dev.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which programs {@code errand.dev.mysqld} may name and which it may not, checked with real programs. */
class InstalledMySqlTest {

    private static final Path REAL = Servers.mySqlDistribution().mysqld(progress -> {});

    @TempDir
    Path directory;

    @Test
    void shouldServeFromAnInstalledProgramAndEndWithNothingLeft() {
        shouldServe(REAL);
    }

    @Test
    void shouldServeFromAScriptThatBecomesTheProgramAndEndWithNothingLeft() throws Exception {
        shouldServe(script("exec '" + REAL + "' \"$@\""));
    }

    private static void shouldServe(Path program) {
        var server = new MySqlServer(new InstalledMySql(program));
        server.start();
        var process = server.handle().orElseThrow();
        try {
            var version = Database.at(server::jdbcUrl).texts("SELECT VERSION()").get(0);

            assertThat(version).startsWith(MySqlVersion.of(program).text());
        } finally {
            server.close();
        }
        assertThat(process.isAlive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/usr/sbin/mysqld  Ver 8.0.46-0ubuntu0.24.04.2 for Linux on x86_64 ((Ubuntu)), 8.0.46-0ubuntu0.24.04.2",
        "/opt/mysql/bin/mysqld  Ver 8.4.9 for Linux on x86_64 (MySQL Community Server - GPL), 8.4.9",
        "mysqld-debug  Ver 9.0.1-debug for macos14 on arm64 (Source distribution), 9.0.1-debug",
        "/opt/percona/mysqld84  Ver 8.4.5-5 for Linux on x86_64 (Percona Server (GPL)), 8.4.5-5",
        "/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian)), 9.7.4-2"
    })
    void shouldTakeTheVersionsThatErrandRunsOn(String answer, String version) throws Exception {
        var program =
                script("echo 'mysqld: libaio.so.1: no version information available' >&2", "echo '" + answer + "'");

        assertThat(MySqlVersion.of(program).text()).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL)), 5.7.44",
        "mysqld  Ver 8.3.0 for Linux on x86_64 (MySQL Community Server - GPL), 8.3.0",
        "mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12), 10.11.14-MariaDB-0+deb12u2"
    })
    void shouldRefuseOtherVersionsAndSayWhichItTakes(String answer, String version) throws Exception {
        var program = script("echo '" + answer + "'");

        assertThatThrownBy(() -> start(program))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageStartingWith(program + " is version " + version + ", and Errand needs MySQL 8.0, 8.4 or 9.x")
                .hasMessageContaining("set errand.dev.mysqld to one of these");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql  Ver 8.4.9 for Linux on x86_64 (MySQL Community Server - GPL)",
                "/usr/bin/mysqldump  Ver 8.0.46 for Linux on x86_64 (MySQL Community Server - GPL)",
                "mysqld_multi version 2.16 by Jani Tolonen",
                "postgres (PostgreSQL) 17.5"
            })
    void shouldRefuseAProgramThatIsNoServerAndSayWhatItAnswers(String answer) throws Exception {
        var program = script("echo '" + answer + "'");

        assertThatThrownBy(() -> start(program))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageStartingWith(program + " is no MySQL server")
                .hasMessageContaining(answer)
                .hasMessageContaining("Set errand.dev.mysqld to a mysqld");
    }

    @Test
    void shouldRefuseARealProgramThatIsNoServer() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");

        assertThatThrownBy(() -> start(java))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageStartingWith(java + " is no MySQL server");
    }

    @Test
    void shouldRefuseAProgramThatDoesNotAnswerAndEndIt() throws Exception {
        var program = script("echo $$ >'" + directory.resolve("pid") + "'", "sleep 600");

        assertThatThrownBy(() -> MySqlVersion.of(program, Duration.ofSeconds(1)))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageContaining("is no MySQL server: asked for its --version it did not end within 1 s");

        var pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        await().until(() -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void shouldNameTheLibraryThatAServerLacks() throws Exception {
        var program = script(
                "echo 'mysqld: error while loading shared libraries: libnuma.so.1: cannot open shared object file:"
                        + " No such file or directory' >&2",
                "exit 127");

        assertThatThrownBy(() -> start(program))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageStartingWith(
                        program + " needs libnuma.so.1, which this machine lacks: install it (libnuma.so.1"
                                + " is in libnuma1 of Debian");
    }

    @Test
    void shouldRefuseAPathWithoutAFile() {
        var missing = directory.resolve("mysqld");

        refuses(missing, "there is no such file");
    }

    @Test
    void shouldRefuseADirectory() {
        refuses(directory, "that is a directory");
    }

    @Test
    void shouldRefuseAFileThatMayNotBeExecuted() throws Exception {
        refuses(Files.writeString(directory.resolve("mysqld"), "#!/bin/sh\n"), "this user may not execute it");
    }

    @Test
    void shouldSayWhatIsWrongWithAProgramThatTheMachineCannotRun() throws Exception {
        var program = executable("#!/no/such/shell");

        assertThatThrownBy(() -> start(program))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessageStartingWith(program + " can't be run on this machine: ")
                .hasMessageContaining("use containers (-Derrand.dev.containers=true)");
    }

    private static void refuses(Path path, String why) {
        assertThatThrownBy(() -> start(path))
                .isInstanceOf(EmbeddedServiceException.class)
                .hasMessage(
                        "errand.dev.mysqld is " + path + ", but " + why + ": set it to the program of a MySQL server,"
                                + " such as /usr/sbin/mysqld, or leave it out to have one from Maven Central.");
    }

    private static void start(Path program) {
        try (var server = new MySqlServer(new InstalledMySql(program))) {
            server.start();
        }
    }

    private Path script(String... lines) throws IOException {
        var all = new ArrayList<>(List.of("#!/bin/sh"));
        all.addAll(List.of(lines));
        return executable(String.join("\n", all) + "\n");
    }

    private Path executable(String text) throws IOException {
        var program = Files.writeString(directory.resolve("mysqld"), text);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }
}
