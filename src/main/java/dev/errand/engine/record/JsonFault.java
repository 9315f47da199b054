package dev.errand.engine.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Describes what is wrong with a value that is not JSON, and where, without the parser's internals. Stateless and thread-safe. */
final class JsonFault {

    private static final int AROUND = 12;

    /** The parts of Jackson's messages that only concern a developer who configures the parser. */
    private static final Pattern BEGINNING =
            Pattern.compile("\\((?:start marker|for \\w+ starting) at \\[Source:.*?line: (\\d+), column: (\\d+)\\]\\)");

    private static final Pattern COMMENT = Pattern.compile(":? ?maybe a \\(non-standard\\) comment\\?.*");
    private static final Pattern SWITCHES = Pattern.compile(
            "[:;,]? ?(\\(|enable |from )?`?(JsonReadFeature|JsonParser|StreamReadConstraints|Feature)\\b.*");
    private static final Pattern LIMIT = Pattern.compile("\\((\\d+), from `[^`]*`\\)");
    private static final Pattern CONTROL = Pattern.compile("character \\(\\(CTRL-CHAR, code (\\d+)[^)]*\\)\\)");
    private static final Pattern CODE = Pattern.compile(" \\(code \\d+[^)]*\\)");
    private static final Pattern TOKEN = Pattern.compile("(?:Unrecognized|Non-standard) token ('[^']*')");
    private static final Pattern HALF_A_PAIR = Pattern.compile(".* surrogate.* in field name.*");
    private static final Pattern CHARACTER = Pattern.compile("\\(('.*') \\(code \\d+[^)]*\\)\\)");

    private JsonFault() {}

    /** @param value the value that was parsed */
    static String described(byte[] value, JsonProcessingException e) {
        var location = e.getLocation();
        var what = words(e.getOriginalMessage());
        return location == null
                ? what
                : "at line " + location.getLineNr() + ", column " + location.getColumnNr()
                        + near(value, location.getByteOffset()) + ": " + what;
    }

    /** The parser's message, reworded for publishers. */
    static String words(String message) {
        var line = message.lines().findFirst().orElse("");
        line = HALF_A_PAIR.matcher(line).replaceAll("a name has half a surrogate pair, which is no character");
        line = COMMENT.matcher(line).replaceAll(": JSON has no comments");
        line = BEGINNING.matcher(line).replaceAll("(it begins at line $1, column $2)");
        line = LIMIT.matcher(line).replaceAll("($1)");
        line = CHARACTER.matcher(line).replaceAll("$1");
        line = CONTROL.matcher(line).replaceAll("control character $1");
        line = CODE.matcher(line).replaceAll("");
        line = TOKEN.matcher(line).replaceAll("$1 is not JSON");
        line = line.replace(" or token 'null'", ", null").replace("token 'null'", "null");
        return SWITCHES.matcher(line).replaceAll("");
    }

    /** @param at the byte offset of the fault; -1 if it is not known */
    private static String near(byte[] value, long at) {
        if (at < 0 || value.length == 0) {
            return "";
        }
        int middle = (int) Math.min(at, value.length);
        int from = Math.max(0, middle - AROUND);
        int to = Math.min(value.length, middle + AROUND);
        var text = new String(value, from, to - from, StandardCharsets.UTF_8);
        var shown = new StringBuilder();
        text.codePoints()
                .forEach(each -> shown.appendCodePoint(Character.isISOControl(each) || each == 0xfffd ? '·' : each));
        return ", near " + (from > 0 ? "…" : "") + shown + (to < value.length ? "…" : "");
    }
}
