package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionSearch.Position;
import dev.errand.engine.parking.view.ParkedActionView.AuditEntry;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.parking.view.ParkedActionView.Found;
import dev.errand.engine.parking.view.ParkedActionView.Group;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.engine.query.Download;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Truncated;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queries of parked actions for API and console. Each result has a bounded size, however large the stored values are. Thread-safe. */
@Singleton
public class ParkedActionList {

    /** Up to how many waiting actions of a user are counted. */
    private static final int COUNTED = 10_000;

    private final Queries queries;
    private final Masking masking;

    @Inject
    public ParkedActionList(Queries queries, Masking masking) {
        this.queries = queries;
        this.masking = masking;
    }

    /**
     * Lists parked actions, those that failed last first.
     *
     * @param before {@link Found#next} of the page before; null for the first page
     * @param limit how many at most; a page of actions with long messages has fewer
     */
    public Found list(ParkedActionFilter filter, @Nullable Long before, int limit) throws SQLException {
        return queries.with(connection -> {
            var from = before == null ? Optional.<Position>empty() : Position.of(connection, before);
            if (before != null && from.isEmpty()) {
                return new Found(List.of(), null, null);
            }
            var result = new ParkedActionSearch(filter).latest(connection, from.orElse(null), limit);
            var end = result.end();
            return page(
                    items(connection, result.positions()),
                    end == null ? null : end.seq(),
                    end == null || result.positions().size() == limit
                            ? null
                            : end.failedAt().toInstant(ZoneOffset.UTC));
        });
    }

    /** Returns as many of the items as the bound on a page's size allows. */
    private static Found page(List<Item> items, @Nullable Long next, @Nullable Instant searchedTo) {
        int characters = 0;
        for (int i = 0; i < items.size(); i++) {
            var message = items.get(i).errorMessage();
            characters += message == null ? 0 : message.length();
            if (characters > Truncated.LIST && i + 1 < items.size()) {
                return new Found(items.subList(0, i + 1), items.get(i).id(), null);
            }
        }
        return new Found(items, next, searchedTo);
    }

    private List<Item> items(Connection connection, List<Position> positions) throws SQLException {
        if (positions.isEmpty()) {
            return List.of();
        }
        var items = new ArrayList<>(
                Queries.ask(connection, ParkedActionRow.itemFields() + " FROM parked_action WHERE seq IN (:seqs)")
                        .bind("seqs", positions.stream().map(Position::seq).toList())
                        .list(row -> ParkedActionRow.item(row, masking)));
        items.sort(Comparator.comparing(Item::failedAt).thenComparing(Item::id).reversed());
        return items;
    }

    /**
     * Counts the latest 10,000 parked actions that match by state, error class and type, the largest groups first. It does not count
     * all of them, because there may be millions after a bad day, and the operator needs an answer at once.
     */
    public List<Group> groups(ParkedActionFilter filter) throws SQLException {
        return queries.with(connection -> new ParkedActionGroups(masking).of(connection, filter));
    }

    /** Returns one parked action as lists show it; empty if there is none with this id. */
    public Optional<Item> item(long seq) throws SQLException {
        return queries.first(
                ParkedActionRow.itemFields() + " FROM parked_action WHERE seq = :seq",
                Map.of("seq", seq),
                row -> ParkedActionRow.item(row, masking));
    }

    /** Returns one parked action with all its data; empty if there is none with this id. */
    public Optional<Detail> find(long seq) throws SQLException {
        var sql = ParkedActionRow.detailFields() + ", (SELECT COUNT(*) FROM (" + """
                  SELECT 1 FROM parked_action behind JOIN parked_action one
                    ON behind.user_id = one.user_id AND behind.state = :waiting AND behind.blocking = 1
                      AND behind.seq > one.seq
                  WHERE one.seq = :seq LIMIT :counted) AS waiting) AS behind FROM parked_action WHERE seq = :seq""";
        return queries.first(
                sql,
                Map.of("seq", seq, "waiting", ParkedState.WAITING, "counted", COUNTED),
                row -> ParkedActionRow.detail(row, masking, row.getLong("behind")));
    }

    /**
     * Lists a user's blocking actions that are neither resolved nor discarded, in the order in which they will be done, by the index
     * {@code line}.
     *
     * @param after {@link Found#next} of the page before; null for the first page
     */
    public Found queue(String userId, @Nullable Long after, int limit) throws SQLException {
        var positions = Stream.of(ParkedState.RETRYING, ParkedState.WAITING, ParkedState.DEAD)
                .map(state -> """
                        (SELECT seq FROM parked_action FORCE INDEX (user_queue)
                         WHERE user_id = :user AND state = '%s' AND blocking = 1 AND seq > :after ORDER BY seq LIMIT :limit)
                        """.formatted(state))
                .collect(Collectors.joining(" UNION ALL "));
        var items = queries.list(
                ParkedActionRow.itemFields() + " FROM parked_action JOIN (" + positions
                        + " ORDER BY seq LIMIT :limit) AS queue USING (seq) ORDER BY seq",
                Map.of("user", userId, "after", after == null ? 0L : after, "limit", limit),
                row -> ParkedActionRow.item(row, masking));
        return page(
                items, items.size() < limit ? null : items.get(items.size() - 1).id(), null);
    }

    /**
     * Returns what operators did to a parked action, the oldest entry first.
     *
     * @param after the id of the last entry of the page before; null for the first page
     */
    public List<AuditEntry> audit(long seq, @Nullable Long after, int limit) throws SQLException {
        return audit(seq, "entry.seq > :from ORDER BY entry.seq", after == null ? 0L : after, limit);
    }

    /** Returns what operators did last to a parked action, the oldest entry first. */
    public List<AuditEntry> latestAudit(long seq, int limit) throws SQLException {
        var entries = new ArrayList<>(audit(seq, "entry.seq < :from ORDER BY entry.seq DESC", Long.MAX_VALUE, limit));
        Collections.reverse(entries);
        return entries;
    }

    private List<AuditEntry> audit(long seq, String page, long from, int limit) throws SQLException {
        var sql = """
                SELECT entry.seq, entry.at, entry.actor, entry.operation, failed.type, failed.corrected, failed.corrected_from,
                       LENGTH(entry.detail) AS bytes,
                       IF(LENGTH(entry.detail) > :longest, NULL, entry.detail) AS detail
                FROM audit_entry entry LEFT JOIN parked_action failed ON failed.seq = :seq
                WHERE entry.subject = :subject AND %s LIMIT :limit""".formatted(page);
        return queries.list(
                sql,
                Map.of("longest", Truncated.IN_LIST, "seq", seq, "subject", subject(seq), "from", from, "limit", limit),
                row -> auditEntry(row, seq));
    }

    private AuditEntry auditEntry(ResultSet row, long failed) throws SQLException {
        // The detail of an edit holds the payload.
        var masked = masking.masksRow(row);
        var detail = row.getString("detail");
        var id = row.getLong("seq");
        return new AuditEntry(
                id,
                Queries.known(row, "at"),
                row.getString("actor"),
                row.getString("operation"),
                masked ? Masking.MASK : detail,
                masked || detail != null
                        ? List.of()
                        : List.of(new Truncated(
                                "detail",
                                row.getLong("bytes"),
                                "/api/failed-actions/" + failed + "/audit/" + id + "/detail")));
    }

    private static String subject(long seq) {
        return "failed-action/" + seq;
    }

    /** Opens the download of a whole value of a parked action. */
    public Download download(long seq, StoredValue value) throws SQLException {
        var masked = masked(seq);
        if (masked.isEmpty()) {
            return new Download.Missing();
        }
        return value.isMasked() && masked.get()
                ? new Download.Masked()
                : Download.of(queries, value.bytes(), "FROM parked_action WHERE seq = :seq", Map.of("seq", seq));
    }

    private Optional<Boolean> masked(long seq) throws SQLException {
        return queries.first(
                "SELECT type, corrected, corrected_from FROM parked_action WHERE seq = :seq",
                Map.of("seq", seq),
                masking::masksRow);
    }

    /** Opens the download of the whole detail of an audit entry of a parked action. */
    public Download downloadAudit(long seq, long entry) throws SQLException {
        // The type of an action that has been deleted is not known.
        return masked(seq).orElse(masking.masks(null))
                ? new Download.Masked()
                : Download.of(
                        queries,
                        Download.utf8("detail"),
                        "FROM audit_entry WHERE seq = :entry AND subject = :subject",
                        Map.of("entry", entry, "subject", subject(seq)));
    }
}
