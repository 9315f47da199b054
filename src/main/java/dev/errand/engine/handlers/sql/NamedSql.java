package dev.errand.engine.handlers.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement whose named parameters, {@code :userId} or {@code :payload.total}, have become JDBC's question marks. What
 * stands in quotes, backticks and comments is left alone.
 *
 * @param text with question marks
 * @param parameters their names in order, without the colon
 */
record NamedSql(String text, List<String> parameters) {

    /** @throws IllegalArgumentException if it has question marks of its own, or a quote or comment does not end */
    static NamedSql parse(String sql) {
        var text = new StringBuilder(sql.length());
        List<String> parameters = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            int end = endOfQuoted(sql, at);
            if (end > at) {
                text.append(sql, at, end);
            } else if (sql.charAt(at) == '?') {
                throw new IllegalArgumentException("it has a question mark: name its parameters, such as :userId");
            } else if (sql.charAt(at) == ':' && at + 1 < sql.length() && Character.isLetter(sql.charAt(at + 1))) {
                end = endOfName(sql, at + 1);
                parameters.add(sql.substring(at + 1, end));
                text.append('?');
            } else {
                end = at + 1;
                text.append(sql.charAt(at));
            }
            at = end;
        }
        return new NamedSql(text.toString(), List.copyOf(parameters));
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
