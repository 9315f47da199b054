package dev.errand.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.testsupport.OwnMySql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs on a real MySQL. */
class SqlTest {

    @RegisterExtension
    static final OwnMySql mySql = OwnMySql.empty();

    @BeforeAll
    static void createTable() throws Exception {
        Sql.of(mySql.connection(), """
                CREATE TABLE piece (
                  seq BIGINT PRIMARY KEY, name VARCHAR(20), weight DECIMAL(9, 3), bytes VARBINARY(20), made DATETIME(6), sold BOOLEAN,
                  unit VARCHAR(20), stock INT)""").update();
    }

    @BeforeEach
    void three() throws SQLException {
        Sql.of(mySql.connection(), "DELETE FROM piece").update();
        var insert = Sql.of(mySql.connection(), "INSERT INTO piece (seq, name) VALUES (:seq, :name)");
        for (int seq = 1; seq <= 3; seq++) {
            insert.bind("seq", seq).bind("name", "piece " + seq).addBatch();
        }
        insert.batch();
    }

    private static List<Long> numbers(Sql select) throws SQLException {
        return select.list(row -> row.getLong("seq"));
    }

    @Test
    void shouldBindEveryTypeByName() throws SQLException {
        // Given
        var made = LocalDateTime.of(2026, 11, 28, 12, 30, 15, 123_456_000);

        // When
        Sql.of(mySql.connection(), """
                INSERT INTO piece (seq, name, weight, bytes, made, sold, unit, stock)
                VALUES (:seq, :name, :weight, :bytes, :made, :sold, :unit, :stock)""")
                .bind("stock", 7)
                .bind("unit", TimeUnit.DAYS)
                .bind("sold", true)
                .bind("made", made)
                .bind("bytes", new byte[] {0, -1, 39})
                .bind("weight", new BigDecimal("12.345"))
                .bind("name", "it's :seq?")
                .bind("seq", 1L << 40)
                .update();

        // Then
        Sql.of(mySql.connection(), "SELECT * FROM piece WHERE seq = :seq")
                .bind("seq", 1L << 40)
                .each(row -> {
                    assertThat(row.getString("name")).isEqualTo("it's :seq?");
                    assertThat(row.getBigDecimal("weight")).isEqualTo("12.345");
                    assertThat(row.getBytes("bytes")).containsExactly(0, -1, 39);
                    assertThat(row.getObject("made", LocalDateTime.class)).isEqualTo(made);
                    assertThat(row.getBoolean("sold")).isTrue();
                    assertThat(row.getString("unit")).isEqualTo("DAYS");
                    assertThat(row.getInt("stock")).isEqualTo(7);
                });
    }

    @Test
    void shouldBindNullAsNull() throws SQLException {
        int rows = Sql.of(mySql.connection(), "UPDATE piece SET name = :name WHERE seq = :seq AND :name IS NULL")
                .bind("name", null)
                .bind("seq", 2)
                .update();

        assertThat(rows).isOne();
        assertThat(numbers(Sql.of(mySql.connection(), "SELECT seq FROM piece WHERE name IS NULL")))
                .containsExactly(2L);
    }

    @Test
    void shouldBindOneNameWhereverItStands() throws SQLException {
        assertThat(numbers(Sql.of(
                                mySql.connection(),
                                "SELECT seq FROM piece WHERE seq = :n OR (seq = :n + 1 AND ':n' <> :other)")
                        .bind("n", 2)
                        .bind("other", "x")))
                .containsExactly(2L, 3L);
    }

    @Test
    void shouldExpandLists() throws SQLException {
        assertThat(numbers(Sql.of(
                                mySql.connection(),
                                "SELECT seq FROM piece WHERE seq IN (:seqs) AND name <> :name ORDER BY seq")
                        .bind("seqs", new TreeSet<>(List.of(3, 1, 9)))
                        .bind("name", "another")))
                .containsExactly(1L, 3L);
    }

    @Test
    void shouldExpandListsOfRows() throws SQLException {
        Sql.of(mySql.connection(), "INSERT INTO piece (seq, name) VALUES :rows")
                .bind("rows", List.of(List.of(4, "four"), List.of(5, "five")))
                .update();

        assertThat(numbers(Sql.of(mySql.connection(), "SELECT seq FROM piece WHERE (seq, name) IN (:rows)")
                        .bind("rows", List.of(List.of(4, "four"), List.of(5, "six")))))
                .containsExactly(4L);
    }

    @Test
    void shouldRefuseWhatItCanNotBind() {
        var sql = Sql.of(mySql.connection(), "SELECT seq FROM piece WHERE seq IN (:seqs)");

        assertThatThrownBy(() -> sql.bind("seqs", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(":seqs is an empty list");
        assertThatThrownBy(() -> sql.bind("seqs", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.time.Duration");
        assertThatThrownBy(() -> Sql.of(mySql.connection(), "SELECT ?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("question mark");
    }

    @Test
    void shouldNameWhatIsNotBoundOrBoundInVain() {
        // Given
        var missing = Sql.of(mySql.connection(), "UPDATE piece SET name = :name WHERE seq = :seq")
                .bind("seq", 1);
        var superfluous = Sql.of(mySql.connection(), "DELETE FROM piece WHERE seq = :seq")
                .bind("seq", 1)
                .bind("sec", 1);

        // Then
        assertThatThrownBy(missing::update)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(":name is not bound");
        assertThatThrownBy(missing::addBatch)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(":name is not bound");
        assertThatThrownBy(superfluous::update)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is no :sec");
        assertThatThrownBy(() -> missing.bind("seq", 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(":seq is bound twice");
    }

    @Test
    void shouldRunABatchInItsOrder() throws SQLException {
        var update = Sql.of(mySql.connection(), "UPDATE piece SET stock = :stock WHERE seq = :seq");
        for (int stock = 1; stock <= 5; stock++) {
            update.bind("seq", 1).bind("stock", stock).addBatch();
        }
        update.batch();

        assertThat(Sql.of(mySql.connection(), "SELECT stock FROM piece WHERE seq = 1")
                        .first(row -> row.getInt("stock")))
                .contains(5);
    }

    @Test
    void shouldAskNothingForAnEmptyBatchAndTakeNoListIntoOne() throws SQLException {
        Sql.of(mySql.connection(), "DELETE FROM no_such_table WHERE seq = :seq").batch();

        assertThatThrownBy(() -> Sql.of(mySql.connection(), "DELETE FROM piece WHERE seq IN (:seqs)")
                        .bind("seqs", List.of(1))
                        .addBatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("can't be bound in a batch");
    }

    @Test
    void shouldReadTheFirstRowNoneAndOneAfterTheOther() throws SQLException {
        var seen = new ArrayList<Long>();

        Sql.of(mySql.connection(), "SELECT seq FROM piece ORDER BY seq")
                .oneByOne()
                .each(row -> seen.add(row.getLong("seq")));

        assertThat(seen).containsExactly(1L, 2L, 3L);
        assertThat(Sql.of(mySql.connection(), "SELECT seq FROM piece ORDER BY seq")
                        .first(row -> row.getLong("seq")))
                .contains(1L);
        assertThat(Sql.of(mySql.connection(), "SELECT seq FROM piece WHERE seq = :seq")
                        .bindAll(Map.of("seq", 9))
                        .exists())
                .isFalse();
        assertThat(Sql.of(mySql.connection(), "SELECT seq FROM piece").exists()).isTrue();
    }

    @Test
    void shouldEndAStatementWhoseTimeIsUp() {
        assertThatThrownBy(() -> Sql.of(mySql.connection(), "SELECT SLEEP(:seconds) FROM piece")
                        .bind("seconds", 30)
                        .timeout(Duration.ofSeconds(1))
                        .list(row -> row.getInt(1)))
                .isInstanceOf(SQLException.class);
    }
}
