package dev.errand.engine.parking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonEqualityTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1,"b":[true,null]}       | { "b": [ true, null ], "a": 1 }
            1.0                           | 1.00
            1                             | 1.0
            {"a":1e2}                     | {"a":100}
            0.1                           | 1E-1
            -0.0                          | 0
            "\\u00e9"                     | "é"
            123456789012345678901234567890 | 1.23456789012345678901234567890e29
            0.30000000000000001665        | 0.300000000000000016650
            1e999                         | 1e999
            """)
    void shouldTakeAnotherSpellingForTheSame(String one, String other) {
        assertThat(JsonEquality.isSame(one, other)).isTrue();
        assertThat(JsonEquality.isSame(other, one)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1}              | {"a":2}
            {"a":1}              | {"a":1,"b":null}
            {"a":1}              | {"a":"1"}
            {"a":1}              | {"b":1}
            [1,2]                | [2,1]
            "A"                  | "a"
            " a"                 | "a"
            null                 | {}
            false                | 0
            9007199254740993     | 9007199254740992
            18446744073709551615 | 18446744073709551614
            0.1                  | 0.100000000001
            0.30000000000000001665 | 0.3
            12345678901234567.89 | 12345678901234567.88
            1e999                | 1e998
            {                    | {"a":1}
            """)
    void shouldTellApartWhatIsNotTheSame(String one, String other) {
        assertThat(JsonEquality.isSame(one, other)).isFalse();
        assertThat(JsonEquality.isSame(other, one)).isFalse();
    }
}
