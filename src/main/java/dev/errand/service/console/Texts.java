package dev.errand.service.console;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionView.BulkProgress;
import dev.errand.engine.parking.view.ParkedActionView.BulkState;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.service.history.HistoryView.Entry;
import dev.errand.service.status.StatusView.Consumer;
import dev.errand.service.status.StatusView.PartitionLag;
import io.quarkus.qute.TemplateExtension;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats values for the templates. */
@TemplateExtension
final class Texts {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int LONGEST_CELL = 300;
    private static final int MOST_PARTITIONS = 500;

    private Texts() {}

    /** Percent-encoded for the query of an address. */
    static String inUrl(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** To the second, in UTC. */
    static String utc(Instant at) {
        return TIME.format(at);
    }

    /** Hour and minute, in UTC. */
    static String clock(Instant at) {
        return CLOCK.format(at);
    }

    /** With narrow spaces between the thousands. */
    static String grouped(Number number) {
        return String.format(Locale.ROOT, "%,d", number.longValue()).replace(',', '\u202f');
    }

    /** With one decimal if it is below 100. */
    static String rate(Double number) {
        return number < 100 ? String.format(Locale.ROOT, "%.1f", number) : grouped(Math.round(number));
    }

    /** In milliseconds, seconds, minutes or hours, depending on its size. */
    static String duration(Double seconds) {
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        return seconds < 7200
                ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    /** The beginning of a text, as long as a cell of a table may be. */
    static String cell(@Nullable String text) {
        if (text == null || text.length() <= LONGEST_CELL) {
            return or(text);
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_CELL - 1)) ? LONGEST_CELL - 1 : LONGEST_CELL;
        return text.substring(0, end) + "…";
    }

    /** The payload, or the beginning of a large one. */
    static String payloadShown(Entry entry) {
        var payload = entry.payload();
        return or(payload == null ? entry.payloadStart() : payload);
    }

    /** Whether the page has the whole payload, so that it can be edited there. */
    static boolean canEditPayload(Detail detail) {
        return !detail.isTruncated(detail.editedPayload() == null ? "payload" : "editedPayload");
    }

    /** Whether the page has the whole record, so that it can be corrected there. */
    static boolean canCorrectAction(Detail detail) {
        return !detail.isTruncated("recordValue");
    }

    /** The partitions that a page shows: all of them, or those with the largest lag if there are very many. */
    static List<PartitionLag> mostLagging(Consumer consumer) {
        return consumer.partitions().size() <= MOST_PARTITIONS
                ? consumer.partitions()
                : consumer.partitions().stream()
                        .sorted(Comparator.comparing(PartitionLag::lag).reversed())
                        .limit(MOST_PARTITIONS)
                        .toList();
    }

    /** How many scheduled actions of a bulk retry are finished; an upper bound if very many are unfinished. */
    static long over(BulkProgress progress) {
        return Math.max(0, progress.retry().scheduled() - unfinished(progress));
    }

    /** How many scheduled actions of a bulk retry are unfinished; a lower bound if they are very many. */
    static long unfinished(BulkProgress progress) {
        return progress.states().stream()
                .filter(each -> each.state() == ParkedState.RETRYING || each.state() == ParkedState.WAITING)
                .mapToLong(BulkState::count)
                .sum();
    }

    /** A class's name without its package. */
    static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    /** The address of the action in the console. */
    static String address(Entry entry) {
        return address(entry.source(), entry.id());
    }

    /** The address of the action in the console. */
    static String address(Item item) {
        return address(or(item.source()), or(item.actionId()));
    }

    private static String address(String source, String id) {
        return "/console/action?source=" + inUrl(source) + "&id=" + inUrl(id);
    }

    /** What an edit begins with: nothing if the payload is masked, because the mask could be saved as the payload. */
    static String payloadToEdit(Detail detail) {
        var edited = detail.editedPayload();
        return detail.masked() ? "" : or(edited == null ? detail.payload() : edited);
    }

    private static String or(@Nullable String text) {
        return text == null ? "" : text;
    }
}
