package dev.errand.engine.handlers.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlDataSource;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQL handlers that are read while MySQL is unavailable. */
class SqlHandlersTest {

    /** Never called while files are read. */
    private static final Session NONE = null;

    @TempDir
    Path directory;

    private final MySqlServer mySql = Servers.mySql();

    @BeforeEach
    void startAndKill() {
        // The server gets its port at its first start.
        mySql.start();
        mySql.kill();
    }

    @AfterEach
    void stop() {
        mySql.close();
    }

    private SqlHandlers handlers(String yaml) throws Exception {
        var file = Files.writeString(directory.resolve("h.yaml"), yaml);
        return new SqlHandlers(Optional.of(List.of(file)), NONE, dataSource());
    }

    private DataSource dataSource() {
        var dataSource = new MysqlDataSource();
        dataSource.setUrl(mySql.jdbcUrl());
        dataSource.setUser("errand");
        dataSource.setPassword("errand");
        return dataSource;
    }

    @Test
    void shouldAskMySqlAboutStatementsWhenItIsThere() throws Exception {
        var handlers = handlers("- {type: a, statements: ['INSERT INTO mysql.func (name) VALUES (:userId)']}");
        assertThat(handlers.all()).hasSize(1);
        assertThat(handlers.check()).as("while it is away").isFalse();

        mySql.start();

        assertThat(handlers.check()).isTrue();
        mySql.kill();
        assertThat(handlers.check()).as("asked once").isTrue();
    }

    @Test
    void shouldTellFileLineAndReasonOfAStatementThatMySqlRefusesOnceItIsThere() throws Exception {
        var handlers = handlers("# handlers\n- {type: a, statements: [DELETE FROM no_such]}");
        assertThat(handlers.check()).isFalse();

        mySql.start();

        assertThatThrownBy(handlers::check)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("h.yaml, line 2: MySQL does not accept the statement:")
                .hasMessageContaining("no_such");
    }

    @Test
    void shouldTellAtOnceWhatIsWrongWithoutMySql() {
        assertThatThrownBy(() -> handlers("- {type: a, statements: [DROP TABLE t]}"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("starts with DROP");
    }
}
