package dev.errand.engine.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A statement with named parameters, {@code :userId} or {@code :payload.total}, which becomes one with JDBC's question marks. What
 * stands in quotes, backticks and comments is left alone. Immutable and thread-safe.
 *
 * @param pieces of the text: before, between and behind its parameters
 * @param parameters their names in order, without the colon
 */
public record NamedSql(List<String> pieces, List<String> parameters) {

    public NamedSql {
        pieces = List.copyOf(pieces);
        parameters = List.copyOf(parameters);
    }

    /** @throws IllegalArgumentException if it has question marks of its own, or a quote or comment does not end */
    public static NamedSql parse(String sql) {
        var piece = new StringBuilder(sql.length());
        List<String> pieces = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            int end = endOfQuoted(sql, at);
            if (end > at) {
                piece.append(sql, at, end);
            } else if (sql.charAt(at) == '?') {
                throw new IllegalArgumentException("it has a question mark: name its parameters, such as :userId");
            } else if (sql.charAt(at) == ':' && at + 1 < sql.length() && Character.isLetter(sql.charAt(at + 1))) {
                end = endOfName(sql, at + 1);
                parameters.add(sql.substring(at + 1, end));
                pieces.add(piece.toString());
                piece.setLength(0);
            } else {
                end = at + 1;
                piece.append(sql.charAt(at));
            }
            at = end;
        }
        pieces.add(piece.toString());
        return new NamedSql(pieces, parameters);
    }

    /** With a question mark for each parameter. */
    public String text() {
        return String.join("?", pieces);
    }

    /** With something of one's own for each parameter. */
    String text(UnaryOperator<String> marks) {
        var text = new StringBuilder(pieces.get(0));
        for (int i = 0; i < parameters.size(); i++) {
            text.append(marks.apply(parameters.get(i))).append(pieces.get(i + 1));
        }
        return text.toString();
    }

    /** Where a quote or comment that begins here ends; here, if none does. */
    private static int endOfQuoted(String sql, int at) {
        var c = sql.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            return endOfQuote(sql, at, c);
        }
        if (c == '#' || sql.startsWith("-- ", at)) {
            int line = sql.indexOf('\n', at);
            return line < 0 ? sql.length() : line;
        }
        if (sql.startsWith("/*", at)) {
            int end = sql.indexOf("*/", at + 2);
            if (end < 0) {
                throw new IllegalArgumentException("a comment does not end");
            }
            return end + 2;
        }
        return at;
    }

    private static int endOfQuote(String sql, int at, char quote) {
        for (int i = at + 1; i < sql.length(); i++) {
            if (sql.charAt(i) == '\\' && quote != '`') {
                i++;
            } else if (sql.charAt(i) == quote) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("a quote " + quote + " does not end");
    }

    private static int endOfName(String sql, int from) {
        int end = from;
        while (end < sql.length() && isOfName(sql.charAt(end))) {
            end++;
        }
        if (sql.charAt(end - 1) == '.') {
            end--;
        }
        return end < sql.length() && sql.charAt(end) == '?' ? end + 1 : end;
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }
}
