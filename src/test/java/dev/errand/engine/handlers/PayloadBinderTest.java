package dev.errand.engine.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import dev.errand.handler.NonRetryableException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A payload is bound without any change, or refused with a reason that its publisher understands. */
class PayloadBinderTest {

    private final ObjectMapper json = JsonMapper.builder()
            .addModules(new JavaTimeModule(), new Jdk8Module(), new ParameterNamesModule())
            .build();
    private final PayloadBinder binder = new PayloadBinder(json);

    enum Currency {
        EUR,
        USD
    }

    record Line(int count, @Nullable String article) {}

    /** One property of each type. All are optional, except for the primitives of {@link Line}. */
    static class All {
        public byte aByte;
        public short aShort;
        public int anInt;
        public long aLong;
        public float aFloat;
        public double aDouble;
        public boolean aBoolean;
        public char aChar;
        public @Nullable Integer integer;
        public @Nullable Long boxedLong;
        public @Nullable Double boxedDouble;
        public @Nullable Boolean boxedBoolean;
        public @Nullable BigDecimal decimal;
        public @Nullable BigInteger bigInteger;
        public @Nullable String text;
        public @Nullable Currency currency;
        public @Nullable UUID uuid;
        public @Nullable Instant instant;
        public @Nullable OffsetDateTime offset;
        public @Nullable LocalDate date;
        public @Nullable Duration duration;
        public @Nullable Date oldDate;
        public int @Nullable [] ints;
        public double @Nullable [] doubles;
        public byte @Nullable [] bytes;
        public @Nullable List<Line> lines;
        public @Nullable Map<String, Long> counts;
        public @Nullable Optional<Integer> optional;
        public @Nullable Line line;
        public @Nullable Object anything;
        public @Nullable JsonNode tree;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"anInt":1299.99}            | payload.anInt is 1299.99, not a whole number
            {"anInt":1299.0}             | payload.anInt is 1299.0, not a whole number
            {"anInt":1e3}                | payload.anInt is 1E+3, not a whole number
            {"aLong":0.5}                | payload.aLong is 0.5, not a whole number
            {"integer":1.5}              | payload.integer is 1.5, not a whole number
            {"bigInteger":1.5}           | payload.bigInteger is 1.5, not a whole number
            {"aShort":1.5}               | payload.aShort is 1.5, not a whole number
            {"aByte":1.5}                | payload.aByte is 1.5, not a whole number
            {"anInt":"12"}               | payload.anInt is "12", not a whole number
            {"aLong":"12"}               | payload.aLong is "12", not a whole number
            {"boxedLong":""}             | payload.boxedLong is "", not a whole number
            {"decimal":"1.5"}            | payload.decimal is "1.5", not a number
            {"aDouble":"1.5"}            | payload.aDouble is "1.5", not a number
            {"boxedDouble":"NaN"}        | payload.boxedDouble is "NaN", not a number
            {"aDouble":"Infinity"}       | payload.aDouble is "Infinity", not a number
            {"aFloat":"NaN"}             | payload.aFloat is "NaN", not a number
            {"doubles":[1,"NaN"]}        | payload.doubles is [1,"NaN"], not an array of numbers
            {"bigInteger":"1"}           | payload.bigInteger is "1", not a whole number
            {"text":5}                   | payload.text is 5, not a string
            {"text":1.5}                 | payload.text is 1.5, not a string
            {"text":true}                | payload.text is true, not a string
            {"text":{"a":1}}             | payload.text is {"a":1}, not a string
            {"anInt":null}               | payload.anInt is null, not a whole number
            {"aDouble":null}             | payload.aDouble is null, not a number
            {"aBoolean":null}            | payload.aBoolean is null, not true or false
            {"aChar":null}               | payload.aChar is null, not a string of one character
            {"line":{"article":"a"}}     | payload.line.count is missing, and has to be a whole number
            {"line":{"count":null}}      | payload.line.count is null, not a whole number
            {"lines":[{"count":1},{"count":2.5}]} | payload.lines[1].count is 2.5, not a whole number
            {"ints":[1,null]}            | payload.ints[1] is null, not a whole number
            {"ints":[1,2.5]}             | payload.ints[1] is 2.5, not a whole number
            {"ints":["1"]}               | payload.ints[0] is "1", not a whole number
            {"ints":1}                   | payload.ints is 1, not an array
            {"lines":{}}                 | payload.lines is {}, not an array
            {"lines":""}                 | payload.lines is "", not an array
            {"counts":{"a":"1"}}         | payload.counts.a is "1", not a whole number
            {"optional":1.5}             | payload.optional is 1.5, not a whole number
            {"line":""}                  | payload.line is "", not an object (Line)
            {"line":[]}                  | payload.line is [], not an object (Line)
            {"line":"{}"}                | payload.line is "{}", not an object (Line): it is a string that holds JSON, encoded twice
            {"uuid":""}                  | payload.uuid is "", not a string that is a UUID
            {"uuid":"x"}                 | payload.uuid is "x", not a string that is a UUID
            {"instant":""}               | payload.instant is "", not a string that is a time
            {"instant":1700000000}       | payload.instant is 1700000000, not a string that is a time
            {"instant":1.5}              | payload.instant is 1.5, not a string that is a time
            {"instant":"yesterday"}      | payload.instant is "yesterday", not a string that is a time
            {"offset":1700000000}        | payload.offset is 1700000000, not a string that is a time
            {"date":19000}               | payload.date is 19000, not a string that is a date
            {"date":""}                  | payload.date is "", not a string that is a date
            {"duration":15}              | payload.duration is 15, not a string that is a duration
            {"duration":""}              | payload.duration is "", not a string that is a duration
            {"oldDate":0}                | payload.oldDate is 0, not a string that is a time
            {"oldDate":""}               | payload.oldDate is "", not a string that is a time
            {"currency":0}               | payload.currency is 0, not one of EUR, USD
            {"currency":"0"}             | payload.currency is "0", not one of EUR, USD
            {"currency":""}              | payload.currency is "", not one of EUR, USD
            {"currency":"eur"}           | payload.currency is "eur", not one of EUR, USD
            {"currency":true}            | payload.currency is true, not one of EUR, USD
            {"aBoolean":1}               | payload.aBoolean is 1, not true or false
            {"aBoolean":0.0}             | payload.aBoolean is 0.0, not true or false
            {"aBoolean":"true"}          | payload.aBoolean is "true", not true or false
            {"boxedBoolean":""}          | payload.boxedBoolean is "", not true or false
            {"boxedBoolean":0}           | payload.boxedBoolean is 0, not true or false
            {"anInt":true}               | payload.anInt is true, not a whole number
            {"anInt":3000000000}         | payload.anInt is 3000000000, not a whole number from -2147483648 to 2147483647
            {"integer":-3000000000}      | payload.integer is -3000000000, not a whole number from -2147483648 to 2147483647
            {"aLong":9223372036854775808} | payload.aLong is 9223372036854775808, not a whole number from -9223372036854775808 to
            {"aShort":40000}             | payload.aShort is 40000, not a whole number from -32768 to 32767
            {"aByte":200}                | payload.aByte is 200, not a whole number from -128 to 127
            {"aDouble":1e309}            | payload.aDouble is 1E+309, not a number that a double can hold
            {"aDouble":9007199254740993} | payload.aDouble is 9007199254740993, not a number that a double can hold
            {"boxedDouble":9007199254740993} | payload.boxedDouble is 9007199254740993, not a number that a double can hold
            {"doubles":[9007199254740993]} | payload.doubles[0] is 9007199254740993, not a number that a double can hold
            {"aFloat":1e39}              | payload.aFloat is 1E+39, not a number that a float can hold
            {"aFloat":16777217}          | payload.aFloat is 16777217, not a number that a float can hold
            {"aChar":65}                 | payload.aChar is 65, not a string of one character
            {"aChar":""}                 | payload.aChar is "", not a string of one character
            {"aChar":"ab"}               | payload.aChar is "ab", not a string of one character
            []                           | payload is [], not an object (All)
            ""                           | payload is "", not an object (All)
            "{}"                         | payload is "{}", not an object (All): it is a string that holds JSON, encoded twice
            5                            | payload is 5, not an object (All)
            """)
    void shouldRefuseWhatWouldHaveToBeChanged(String payload, String reason) {
        assertThatThrownBy(() -> read(payload, All.class, false))
                .isInstanceOf(NonRetryableException.class)
                .hasMessageStartingWith(reason)
                .hasMessageNotContainingAny("Jackson", "jackson", "Feature", "Cannot", "coerce", "Source", "java.");
    }

    @Test
    void shouldTakeWhatIsMeant() {
        // When
        var all = read("""
                {"aByte":-128,"aShort":32767,"anInt":-2147483648,"aLong":9223372036854775807,"aFloat":0.1,"aDouble":1299.99,
                 "aBoolean":true,"aChar":"x","integer":null,"boxedLong":5,"decimal":1.10,"bigInteger":18446744073709551616,
                 "text":"","currency":"USD","uuid":"00000000-0000-0000-0000-00000000002a","instant":"2026-11-22T05:00:00Z",
                 "offset":"2026-11-22T05:00:00+01:00","date":"2026-11-22","duration":"PT15M","ints":[1,2],"doubles":[1,2.5],
                 "bytes":"AQI=","lines":[{"count":1}],"counts":{"a":1},"optional":7,
                 "anything":{"n":12345678901234567.89},"tree":{"n":1.10}}""", All.class, false);

        // Then
        assertThat(all.aByte).isEqualTo((byte) -128);
        assertThat(all.aLong).isEqualTo(Long.MAX_VALUE);
        assertThat(all.aDouble).isEqualTo(1299.99);
        assertThat(all.decimal).isEqualTo("1.10");
        assertThat(all.bigInteger).isEqualTo("18446744073709551616");
        assertThat(all.text).isEmpty();
        assertThat(all.currency).isEqualTo(Currency.USD);
        assertThat(all.lines).containsExactly(new Line(1, null));
        assertThat(all.optional).contains(7);
        assertThat(all.bytes).containsExactly(1, 2);
        assertThat(all.anything).isEqualTo(Map.of("n", new BigDecimal("12345678901234567.89")));
        assertThat(all.tree).hasToString("{\"n\":1.10}");
        assertThat(read("null", All.class, false)).isNull();
        assertThat(read("7", Integer.class, false)).isEqualTo(7);
    }

    @Test
    void shouldLeaveOutOrRefuseWhatIsNotKnown() {
        assertThat(read("{\"count\":1,\"colour\":\"red\"}", Line.class, false)).isEqualTo(new Line(1, null));

        assertThatThrownBy(() -> read("{\"count\":1,\"colour\":\"red\"}", Line.class, true))
                .hasMessage("payload.colour is not known: Line has article, count, and its handler refuses others"
                        + " (unknownProperties)");
        assertThatThrownBy(() -> read("{\"lines\":[{\"count\":1,\"x\":1}]}", All.class, true))
                .hasMessageStartingWith("payload.lines[0].x is not known: Line has article, count");
    }

    @Test
    void shouldNotChangeTheApplicationsOwnMapper() throws Exception {
        assertThat(json.readValue("\"12\"", Integer.class)).isEqualTo(12);
    }

    private <T> @Nullable T read(String text, Class<T> type, boolean refusesUnknown) {
        var binding = new HandlerDefinition<T>(
                "a handler",
                List.of(),
                0,
                action -> {},
                json.constructType(type),
                refusesUnknown,
                false,
                false,
                null,
                false,
                null,
                null);
        return binder.read(text, binding);
    }
}
