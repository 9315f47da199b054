package dev.errand.engine.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.ActionKey;
import dev.errand.action.TraceContext;
import dev.errand.engine.query.Sql;
import dev.errand.testsupport.OwnMySql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An event is stored in the table, read from it and published as a record. */
class OutboxTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @RegisterExtension
    static final OwnMySql mySql = OwnMySql.withErrandsTables();

    @AfterEach
    void empty() throws Exception {
        Sql.of(mySql.connection(), "DELETE FROM outbox_event").update();
    }

    private static OutboxEvent event(String id, @Nullable TraceContext trace) {
        return new OutboxEvent(
                id,
                "u-1",
                "points.changed",
                "{\"points\":1}",
                new ActionKey("shop", "a-1"),
                LocalDateTime.of(2006, 11, 28, 12, 0),
                trace);
    }

    private static List<OutboxEvent> stored(OutboxEvent... events) throws SQLException {
        Outbox.add(mySql.connection(), List.of(events));
        var places = Sql.of(mySql.connection(), "SELECT seq FROM outbox_event ORDER BY seq")
                .list(row -> row.getLong("seq"));
        return Outbox.read(mySql.connection(), places).stream()
                .map(Outbox.Placed::event)
                .toList();
    }

    private static Map<String, String> traceHeaders(OutboxEvent event) {
        Map<String, String> headers = new TreeMap<>();
        for (var header : new EventFormat("events", "errand").record(event).headers()) {
            if (header.key().contains("trace")) {
                headers.put(header.key(), new String(header.value(), UTF_8));
            }
        }
        return headers;
    }

    @Test
    void shouldCountAnEventsWaitFromWhenItWasEmittedHoweverOldItsActionIs() throws Exception {
        // Given
        Outbox.add(mySql.connection(), List.of(event("e-0", null)));

        // When
        var backlog = Outbox.backlog(mySql.connection());

        // Then
        assertThat(backlog.events()).isEqualTo(1);
        assertThat(backlog.oldest()).isBetween(Duration.ZERO, Duration.ofHours(1));
    }

    @Test
    void shouldPublishEventsInTheTraceOfTheirAction() throws Exception {
        // Given
        var whole = event("e-1", new TraceContext(TRACE, "congo=t61rcWkgMzE"));
        var stateless = event("e-2", new TraceContext(TRACE, null));
        var traceless = event("e-3", null);

        // When
        var stored = stored(whole, stateless, traceless);

        // Then
        assertThat(stored).containsExactly(whole, stateless, traceless);
        assertThat(stored.stream().map(OutboxTest::traceHeaders))
                .containsExactly(
                        Map.of(
                                "traceparent",
                                TRACE,
                                "ce_traceparent",
                                TRACE,
                                "tracestate",
                                "congo=t61rcWkgMzE",
                                "ce_tracestate",
                                "congo=t61rcWkgMzE"),
                        Map.of("traceparent", TRACE, "ce_traceparent", TRACE),
                        Map.of());
    }
}
