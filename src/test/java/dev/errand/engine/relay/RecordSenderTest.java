package dev.errand.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which errors quarantine a row, and which do not. */
class RecordSenderTest {

    static Stream<Exception> ofTheRow() {
        return Stream.of(
                new RecordTooLargeException(),
                new RecordBatchTooLargeException(),
                new InvalidRecordException("no key"),
                new SerializationException());
    }

    static Stream<Exception> ofKafka() {
        return Stream.of(
                new TimeoutException(),
                new TopicAuthorizationException("t"),
                new ClusterAuthorizationException("c"),
                new UnknownTopicOrPartitionException(),
                new InvalidTopicException(),
                new NotEnoughReplicasException("r"),
                new UnsupportedCompressionTypeException("c"),
                new InvalidTimestampException("the clock is wrong"),
                new CorruptRecordException(),
                new PolicyViolationException("p"),
                new ThrottlingQuotaExceededException("q"),
                new KafkaException("whatever"),
                new IllegalStateException("the producer is closed"));
    }

    @ParameterizedTest
    @MethodSource("ofTheRow")
    void shouldHoldAgainstARowWhatIsWrongWithItsRecord(Exception error) {
        assertThat(RecordSender.isOfTheRow(error)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("ofKafka")
    void shouldHoldNothingElseAgainstARow(Exception error) {
        assertThat(RecordSender.isOfTheRow(error)).isFalse();
    }
}
