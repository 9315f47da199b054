package dev.errand.engine.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.handler.NonRetryableException;
import jakarta.transaction.RollbackException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.hibernate.StaleStateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorClassifierTest {

    @ParameterizedTest
    @MethodSource("exceptions")
    void shouldJudge(Throwable thrown, ErrorKind verdict) {
        assertThat(ErrorClassifier.of(thrown)).isEqualTo(verdict);
        assertThat(ErrorClassifier.of(new RuntimeException(new Exception(thrown))))
                .isEqualTo(verdict);
        var bearer = new Exception();
        bearer.addSuppressed(thrown);
        assertThat(ErrorClassifier.of(bearer)).isEqualTo(verdict);
    }

    static Stream<Arguments> exceptions() {
        var nested = new BatchUpdateException(new int[0]);
        nested.setNextException(sql("40001", 1213));
        return Stream.of(
                Arguments.of(sql("40001", 1213), ErrorKind.CONFLICT),
                Arguments.of(sql("HY000", 1205), ErrorKind.CONFLICT),
                Arguments.of(nested, ErrorKind.CONFLICT),
                Arguments.of(new StaleStateException("version"), ErrorKind.CONFLICT),
                Arguments.of(new RollbackException(), ErrorKind.CONFLICT),
                Arguments.of(sql("08S01", 0), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("HY000", 4031), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("08S01", 1053), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("08004", 1040), ErrorKind.UNAVAILABLE),
                Arguments.of(new SQLException("Sorry, acquisition timeout!"), ErrorKind.UNAVAILABLE),
                Arguments.of(
                        new SQLException("Acquisition timeout while waiting for new connection"),
                        ErrorKind.UNAVAILABLE),
                Arguments.of(new DatabaseUnavailableException(new IllegalStateException()), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("42000", 1305), ErrorKind.CONFLICT),
                Arguments.of(sql("HY000", 1290), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("28000", 1045), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("42S02", 1146), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("HY000", 1114), ErrorKind.UNAVAILABLE),
                Arguments.of(sql("08S01", 1153), ErrorKind.PERMANENT_FAULT),
                Arguments.of(sql("22001", 1406), ErrorKind.PERMANENT_FAULT),
                Arguments.of(sql("22032", 3140), ErrorKind.PERMANENT_FAULT),
                Arguments.of(sql("23000", 1048), ErrorKind.PERMANENT_FAULT),
                Arguments.of(sql("23000", 1062), ErrorKind.FAULT),
                Arguments.of(new NonRetryableException("no"), ErrorKind.PERMANENT_FAULT),
                Arguments.of(new IllegalStateException(), ErrorKind.FAULT));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                1015, 1016, 1017, 1023, 1024, 1026, 1030, 1034, 1180, 1181, 1194, 1195, 1197, 1206, 1296, 1534, 1598,
                1712, 1811, 1815, 1877, 1878, 3092, 3096, 3100, 3185, 3796, 3797
            })
    void shouldNeverChargeAnActionWithTheServersOwnTrouble(int code) {
        var thrown = new RuntimeException(sql("HY000", code));

        assertThat(ErrorClassifier.of(thrown)).isEqualTo(ErrorKind.UNAVAILABLE);
        assertThat(ErrorClassifier.isOfServer(thrown)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1036, 1290, 1836, 1881, 1227, 1356, 1449, 1665, 3098, 3144, 3032, 3159, 4081, 9001})
    void shouldAskTheDatabaseBeforeItChargesAnActionWithWhatMayBeTheServers(int code) {
        var thrown = sql(code == 3144 ? "22032" : "HY000", code);

        assertThat(ErrorClassifier.of(thrown)).isEqualTo(ErrorKind.UNAVAILABLE);
        assertThat(ErrorClassifier.isOfServer(thrown)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1020, 1317, 3024, 1412, 1615, 1689, 1297, 3101})
    void shouldTryAgainWhatWasInterruptedByOthers(int code) {
        assertThat(ErrorClassifier.of(sql("70100", code))).isEqualTo(ErrorKind.CONFLICT);
    }

    @Test
    void shouldJudgeATimeoutByWhatRanWhenTimeWasUp() {
        // Given
        var lost = sql("08S01", 0);

        // Then
        assertThat(ErrorClassifier.of(new TransactionTimeoutException(new TimeoutException("late"), lost)))
                .isEqualTo(ErrorKind.FAULT);
        assertThat(ErrorClassifier.of(InfrastructureException.late(new IllegalStateException())))
                .isEqualTo(ErrorKind.UNAVAILABLE);
        assertThat(ErrorClassifier.of(InfrastructureException.lockWait("waiting", 1, new IllegalStateException())))
                .isEqualTo(ErrorKind.UNAVAILABLE);
        assertThat(ErrorClassifier.of(InfrastructureException.outsideHandlers(sql("HY000", 1205))))
                .isEqualTo(ErrorKind.CONFLICT);
        assertThat(ErrorClassifier.failure(
                                new TransactionTimeoutException(new TimeoutException("late"), lost), Instant.EPOCH)
                        .errorClass())
                .isEqualTo(TimeoutException.class.getName());
    }

    @Test
    void shouldTellOfOnlyOneExceptionMoreThanItsKind() {
        assertThat(ErrorClassifier.inShort(new RuntimeException("private", sql("22001", 1406))))
                .isEqualTo("java.sql.SQLException, error 1406, SQL state 22001");
        var tooLarge = new BatchUpdateException("private", new int[0], sql("08S01", 1153));
        assertThat(ErrorClassifier.inShort(new RuntimeException("private", tooLarge)))
                .isEqualTo("message");
        assertThat(ErrorClassifier.inShort(new IllegalStateException("private")))
                .isEqualTo("java.lang.IllegalStateException");
    }

    private static SQLException sql(String state, int code) {
        return new SQLException("message", state, code);
    }
}
