package dev.errand.service.console;

import dev.errand.engine.parking.view.ParkedActionView.Item;
import dev.errand.service.history.HistoryView.Entry;
import io.quarkus.qute.RawString;
import io.quarkus.qute.TemplateExtension;
import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renders ids so that two different ids never look the same: invisible characters are written as visible signs, as are
 * the signs themselves, and an id with characters outside ASCII gets a mark that names them.
 *
 * <p>This uses the JDK's Unicode tables. ICU's {@code SpoofChecker} could find the ids that resemble one in ASCII, but
 * takes 14 MB; marking all ids outside ASCII misses none.
 */
@TemplateExtension
final class IdText {

    private static final String CONTROL_SIGNS_END = "\u2421";

    /** Characters that a mark names, at most. */
    private static final int NAMED = 12;

    /** Longer texts are cut to this many characters: they are not ids but, for example, a filter that was typed. */
    private static final int LONGEST = 255;

    private IdText() {}

    /** As HTML. */
    static RawString shown(@Nullable String id) {
        return new RawString(id == null ? "" : html(id));
    }

    /** As text, for a page's title. */
    static String plain(@Nullable String id) {
        var text = new StringBuilder();
        if (id != null) {
            cut(id).codePoints().forEach(each -> text.append(isUnseen(each) ? sign(each) : Character.toString(each)));
        }
        return text.toString();
    }

    /** Source and id, visibly separated. */
    static RawString named(Entry entry) {
        return named(entry.source(), entry.id());
    }

    /** Source and id, visibly separated. */
    static RawString named(Item item) {
        return named(item.source(), item.actionId());
    }

    private static RawString named(@Nullable String source, @Nullable String id) {
        var before = source == null || source.isEmpty()
                ? ""
                : "<span class=\"source\" title=\"source\">" + html(source) + "</span><span class=\"of\"> / </span>";
        return new RawString(before + html(id == null ? "" : id));
    }

    /**
     * Whether a form field with this value submits it unchanged: browsers remove or convert line breaks, and HTML can't
     * contain NUL.
     */
    static boolean fitsField(String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }

    private static String html(String id) {
        var text = cut(id);
        var html = new StringBuilder("<bdi class=\"id\">");
        text.codePoints().forEach(each -> {
            if (isUnseen(each)) {
                html.append("<span class=\"unseen\" title=\"")
                        .append(escaped(name(each)))
                        .append("\">")
                        .append(sign(each))
                        .append("</span>");
            } else {
                html.append(escaped(Character.toString(each)));
            }
        });
        html.append("</bdi>");
        var others = text.codePoints()
                .filter(each -> each > 0x7f && !isUnseen(each))
                .distinct()
                .toArray();
        if (others.length > 0 && text.equals(id)) {
            html.append(" <span class=\"lookalike\" title=\"It may look like another id. It contains ")
                    .append(escaped(names(others)))
                    .append("\">looks like other letters: ")
                    .append(scripts(text))
                    .append("</span>");
        }
        return html.toString();
    }

    /** Includes the signs themselves: an id with a sign must not look like one with the character it stands for. */
    static boolean isUnseen(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> isBlankLetter(point) || isSign(point);
        };
    }

    /** Characters that draw nothing although their category is not a space: fillers, joiners, variation selectors. */
    private static boolean isBlankLetter(int point) {
        return point == 0x034f
                || point == 0x115f
                || point == 0x1160
                || point == 0x17b4
                || point == 0x17b5
                || (point >= 0x180b && point <= 0x180f)
                || point == 0x2800
                || point == 0x3164
                || (point >= 0xfe00 && point <= 0xfe0f)
                || point == 0xffa0
                || point == 0xfffc
                || (point >= 0xe0100 && point <= 0xe01ef);
    }

    private static boolean isSign(int point) {
        return (point >= 0x2400 && point <= 0x2426) || point == '⟨' || point == '⟩';
    }

    private static String sign(int point) {
        if (point <= ' ') {
            return Character.toString(0x2400 + point);
        }
        return point == 0x7f ? CONTROL_SIGNS_END : '⟨' + number(point) + '⟩';
    }

    private static String number(int point) {
        return String.format(Locale.ROOT, "U+%04X", point);
    }

    private static String name(int point) {
        var name = Character.getName(point);
        return number(point) + (name == null ? "" : " " + name);
    }

    private static String names(int[] points) {
        var named = Arrays.stream(points).limit(NAMED).mapToObj(IdText::name).collect(Collectors.joining(", "));
        return points.length > NAMED ? named + " and others" : named;
    }

    /** Such as {@code Cyrillic + Latin}. */
    private static String scripts(String text) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        text.codePoints().mapToObj(UnicodeScript::of).forEach(scripts::add);
        scripts.remove(UnicodeScript.COMMON);
        scripts.remove(UnicodeScript.INHERITED);
        scripts.remove(UnicodeScript.UNKNOWN);
        return scripts.isEmpty() || scripts.equals(Set.of(UnicodeScript.LATIN))
                ? "not only ASCII"
                : scripts.stream().map(IdText::inWords).sorted().collect(Collectors.joining(" + "));
    }

    private static String inWords(UnicodeScript script) {
        var words = script.name().replace('_', ' ').toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
