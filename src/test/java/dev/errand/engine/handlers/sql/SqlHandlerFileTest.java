package dev.errand.engine.handlers.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlHandlerFileTest {

    /** Never called while files are read. */
    private static final Session NONE = null;

    @TempDir
    Path directory;

    private List<SqlHandler> read(String yaml) throws IOException {
        var file = Files.writeString(directory.resolve("h.yaml"), yaml);
        return new SqlHandlerFile(file, NONE).read(sql -> sql.contains("no_such") ? "no such table" : null);
    }

    @Test
    void shouldReadAllThatCanBeSaid() throws IOException {
        // When
        var handlers = read("""
                - types: [order.placed, order.item.*]
                  order: 3
                  timeout: 5s
                  exclusive: true
                  concurrency: 2
                  statements:
                    - DELETE FROM t WHERE a = :id
                - type: "*"
                  statements: [ "INSERT INTO t VALUES (:payload)" ]
                """);

        // Then
        assertThat(handlers).hasSize(2);
        assertThat(handlers.get(0).types()).containsExactly("order.placed", "order.item.*");
        assertThat(handlers.get(0).order()).isEqualTo(3);
        assertThat(handlers.get(0).timeout()).hasSeconds(5);
        assertThat(handlers.get(0).exclusive()).isTrue();
        assertThat(handlers.get(0).concurrency()).isEqualTo(2);
        assertThat(handlers.get(1).place()).isEqualTo("h.yaml:8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                          | line 1: the file is empty",
                "type: a                                                     | line 1: the file needs a list",
                "- statements: [DELETE FROM t]                               | line 1: a handler needs a type",
                "- type: a                                                   | line 1: a handler needs a list of statements",
                "- {type: a, statments: []}                                  | the key statments is unknown",
                "- {type: a, type: b, statements: [DELETE FROM t]}           | type appears twice",
                "- {type: a, order: first, statements: [DELETE FROM t]}      | a whole number is expected",
                "- {type: a, timeout: soon, statements: [DELETE FROM t]}     | a duration such as 5s",
                "- {type: a, exclusive: maybe, statements: [DELETE FROM t]}      | true or false",
                "- {type: a, statements: [DROP TABLE t]}                     | starts with DROP",
                "- {type: a, statements: [COMMIT]}                           | starts with COMMIT",
                "- {type: a, statements: ['DELETE FROM t WHERE a = ?']}      | question mark",
                "- {type: a, statements: ['DELETE FROM t WHERE a = :user']}  | :user is not a field of an action",
                "- {type: a, statements: [\"DELETE FROM t WHERE a = 'x\"]}   | a quote ' does not end",
                "- {type: a, statements: [DELETE FROM no_such]}              | MySQL does not accept the statement: no such table",
                "- {type: a, statements: [                                   | line 1",
            })
    void shouldTellFileLineAndReasonOfWhatIsWrong(String yaml, String words) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("h.yaml, line")
                .hasMessageContaining(words);
    }
}
