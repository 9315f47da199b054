package dev.errand.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedSqlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "UPDATE t SET a = :payload.x.y, b = :id                | UPDATE t SET a = ?, b = ?      | payload.x.y id",
                "UPDATE t SET a = ':id', b = \":id\" WHERE c = :id     | UPDATE t SET a = ':id', b = \":id\" WHERE c = ? | id",
                "UPDATE t SET a = 'it''s :id' /* :id */ WHERE c = :id  | UPDATE t SET a = 'it''s :id' /* :id */ WHERE c = ? | id",
                "UPDATE t SET a = @x := :id                            | UPDATE t SET a = @x := ?       | id",
                "UPDATE t SET a = :payload.x?, b = 1                   | UPDATE t SET a = ?, b = 1      | payload.x?",
                "UPDATE t SET a = 'a\\':id' WHERE c = :id              | UPDATE t SET a = 'a\\':id' WHERE c = ? | id",
            })
    void shouldFindNamedParametersOutsideOfQuotesAndComments(String sql, String text, String parameters) {
        var named = NamedSql.parse(sql);

        assertThat(named.text()).isEqualTo(text);
        assertThat(String.join(" ", named.parameters())).isEqualTo(parameters);
    }
}
