package dev.errand.service.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.ActionKey;
import dev.errand.engine.ledger.LedgerKey;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionList;
import dev.errand.engine.parking.view.ParkedActionView;
import dev.errand.engine.query.Download;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Truncated;
import dev.errand.service.history.HistoryView.ActionState;
import dev.errand.service.history.HistoryView.Activity;
import dev.errand.service.history.HistoryView.Entries;
import dev.errand.service.history.HistoryView.Entry;
import dev.errand.service.history.HistoryView.Life;
import dev.errand.service.history.HistoryView.Step;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Queries the history of actions for API and console. Thread-safe. */
@Singleton
public class History {

    /** A user's unfinished parked actions are counted up to this number. */
    private static final int COUNTED = 10_000;

    /** Rows that one query reads before the size of the answer is checked again. */
    private static final int PORTION = 50;

    /** Audit entries of an action that are shown, at most. */
    private static final int OPERATIONS = 100;

    private final Queries queries;
    private final Masking masking;
    private final ParkedActionList failed;
    private final ObjectMapper json;

    @Inject
    History(Queries queries, Masking masking, ParkedActionList failed, ObjectMapper json) {
        this.queries = queries;
        this.masking = masking;
        this.failed = failed;
        this.json = json;
    }

    /** The join uses the index {@code action_key} of {@code parked_action}; few rows have a match. */
    private static String entries(int payload, String rest) {
        return """
            SELECT a.seq, a.source, a.id, a.user_id, a.type, a.occurred_at, LEFT(a.payload, %d) AS payload,
                   LENGTH(a.payload) AS payload_bytes, a.topic, a.`partition`, a.`offset`, a.processed_at, a.corrected, a.corrected_from,
                   f.seq AS failed, f.state
            FROM user_action a LEFT JOIN parked_action f ON f.source = a.source AND f.id = a.id
            """.formatted(payload) + rest;
    }

    /**
     * A user's actions, the latest first.
     *
     * @param before the {@code seq} of the previous page's last entry; null for the first page
     * @param limit how many entries at most; a page of large payloads has fewer
     */
    public Entries ofUser(String userId, @Nullable Long before, int limit) throws SQLException {
        return queries.with(connection -> {
            List<Entry> items = new ArrayList<>();
            long from = before == null ? Long.MAX_VALUE : before;
            long characters = 0;
            while (items.size() < limit && characters < Truncated.LIST) {
                int portion = Math.min(PORTION, limit - items.size());
                var read = Queries.ask(
                                connection,
                                entries(
                                        Truncated.IN_LIST,
                                        "WHERE a.user_id = :user AND a.seq < :before ORDER BY a.seq DESC LIMIT :portion"))
                        .bind("user", userId)
                        .bind("before", from)
                        .bind("portion", portion)
                        .list(row -> entry(row, Truncated.IN_LIST));
                items.addAll(read);
                if (read.size() < portion) {
                    return new Entries(items, null);
                }
                from = read.get(portion - 1).seq();
                characters += read.stream().mapToLong(History::characters).sum();
            }
            return new Entries(items, from);
        });
    }

    private static long characters(Entry entry) {
        var payload = entry.payload() == null ? entry.payloadStart() : entry.payload();
        return payload == null ? 0 : payload.length();
    }

    /** The actions that were recorded last, the latest first. */
    public List<Entry> latest(int limit) throws SQLException {
        return queries.list(
                entries(Truncated.IN_LIST, "ORDER BY a.seq DESC LIMIT :limit"),
                Map.of("limit", limit),
                row -> entry(row, Truncated.IN_LIST));
    }

    /** An action with its history; empty if the ledger has no such action. */
    public Optional<Life> find(ActionKey key) throws SQLException {
        var entry = queries.first(
                entries(Truncated.ON_PAGE, "WHERE a.action_key = :key LIMIT 1"),
                Map.of("key", LedgerKey.of(key)),
                row -> entry(row, Truncated.ON_PAGE));
        return entry.isEmpty() ? Optional.empty() : Optional.of(new Life(entry.get(), steps(entry.get())));
    }

    /** A user's activity; empty for a user without any processed or unfinished action. */
    public Optional<Activity> activity(String userId) throws SQLException {
        long waiting = waiting(userId);
        var activity = queries.first(
                """
                SELECT action_count, first_action_at, last_action_at, last_action_type FROM user_activity
                WHERE user_id = :user""",
                Map.of("user", userId),
                row -> new Activity(
                        userId,
                        row.getLong("action_count"),
                        Queries.instant(row, "first_action_at"),
                        Queries.instant(row, "last_action_at"),
                        row.getString("last_action_type"),
                        waiting));
        return activity.isEmpty() && waiting > 0
                ? Optional.of(new Activity(userId, 0, null, null, null, waiting))
                : activity;
    }

    /** How many of the user's parked actions are unfinished, counted up to {@value #COUNTED}. */
    private long waiting(String userId) throws SQLException {
        var sql = """
                SELECT COUNT(*) AS waiting FROM (
                  SELECT 1 FROM parked_action WHERE user_id = :user AND state IN (:states) LIMIT :counted) AS some""";
        var states = List.of(ParkedState.RETRYING, ParkedState.WAITING, ParkedState.DEAD);
        return queries.first(
                        sql,
                        Map.of("user", userId, "states", states, "counted", COUNTED),
                        row -> row.getLong("waiting"))
                .orElse(0L);
    }

    /** The whole payload of an action, for download. */
    public Download payload(ActionKey key) throws SQLException {
        var masked = queries.first(
                "SELECT type, corrected, corrected_from FROM user_action WHERE action_key = :key",
                Map.of("key", LedgerKey.of(key)),
                masking::masksRow);
        if (masked.orElse(false)) {
            return new Download.Masked();
        }
        return Download.of(
                queries,
                Download.utf8("payload"),
                "FROM user_action WHERE action_key = :key",
                Map.of("key", LedgerKey.of(key)));
    }

    private Entry entry(ResultSet row, int bound) throws SQLException {
        var type = row.getString("type");
        var masked = masking.masksRow(row);
        long bytes = row.getLong("payload_bytes");
        var whole = bytes <= bound;
        var payload = masked ? Masking.MASK : Truncated.text(row.getString("payload"), bound);
        var key = new ActionKey(row.getString("source"), row.getString("id"));
        var processedAt = Queries.instant(row, "processed_at");
        var failedState = row.getString("state");
        var failedSeq = row.getLong("failed");
        return new Entry(
                row.getLong("seq"),
                key.source(),
                key.id(),
                row.getString("user_id"),
                type,
                Queries.known(row, "occurred_at"),
                masked || whole ? payload : null,
                masked || whole ? null : payload,
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("offset"),
                state(processedAt, failedState),
                processedAt,
                failedState == null ? null : failedSeq,
                masked || whole ? List.of() : List.of(new Truncated("payload", bytes, address(key))));
    }

    private static String address(ActionKey key) {
        return "/api/actions/payload?source=" + URLEncoder.encode(key.source(), StandardCharsets.UTF_8) + "&id="
                + URLEncoder.encode(key.id(), StandardCharsets.UTF_8);
    }

    /** An unprocessed row without a parked action was discarded, and retention has deleted its parked action. */
    private static ActionState state(@Nullable Instant processedAt, @Nullable String failedState) {
        if (processedAt != null) {
            return ActionState.DONE;
        }
        return failedState == null ? ActionState.DISCARDED : ActionState.valueOf(failedState);
    }

    private List<Step> steps(Entry entry) throws SQLException {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(entry.occurredAt(), "occurred", null, null));
        var id = entry.failedActionId();
        if (id != null) {
            var detail = failed.find(id);
            if (detail.isPresent()) {
                steps.addAll(steps(detail.get()));
            }
            for (var operation : failed.latestAudit(id, OPERATIONS)) {
                steps.add(new Step(operation.at(), operation.operation(), operation.actor(), null));
            }
        }
        var processedAt = entry.processedAt();
        if (processedAt != null) {
            steps.add(new Step(processedAt, "done", null, null));
        }
        // The sort is stable: steps with equal times stay in the order in which they were added.
        steps.sort(Comparator.comparing(Step::at));
        return List.copyOf(steps);
    }

    private List<Step> steps(ParkedActionView.Detail detail) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(detail.action().failedAt(), "kept as failed", null, null));
        detail.truncated().stream()
                .filter(each -> each.value().equals("history"))
                .forEach(each -> steps.add(new Step(
                        detail.action().failedAt(),
                        "failed",
                        null,
                        "all attempts, including earlier ones: " + each.href())));
        var history = detail.history();
        for (var failure : history == null ? List.<JsonNode>of() : array(history)) {
            steps.add(new Step(
                    Instant.parse(failure.path("at").asText()),
                    "failed",
                    null,
                    failure.path("errorClass").asText() + ": "
                            + failure.path("message").asText()));
        }
        var next = detail.action().nextAttemptAt();
        if (next != null) {
            steps.add(new Step(next, "next attempt", null, null));
        }
        return steps;
    }

    private JsonNode array(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "parked_action.history is not valid JSON, though its column has the type JSON", e);
        }
    }
}
