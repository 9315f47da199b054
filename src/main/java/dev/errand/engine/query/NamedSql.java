package dev.errand.engine.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An SQL statement with named parameters, such as {@code :userId} or {@code :payload.total}, which is translated to JDBC's question
 * marks. Text in quotes, backticks and comments is left as it is. Immutable and thread-safe.
 *
 * @param pieces the pieces of the text before, between and after the parameters
 * @param parameters the parameters' names in order, without the colon
 */
public record NamedSql(List<String> pieces, List<String> parameters) {

    public NamedSql {
        pieces = List.copyOf(pieces);
        parameters = List.copyOf(parameters);
    }

    /** @throws IllegalArgumentException if the statement has question marks, or a quote or comment that does not end */
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

    /** The text with a question mark for each parameter. */
    public String text() {
        return String.join("?", pieces);
    }

    /** The text with something else for each parameter, which is given by the parameter's name. */
    String text(UnaryOperator<String> marks) {
        var text = new StringBuilder(pieces.get(0));
        for (int i = 0; i < parameters.size(); i++) {
            text.append(marks.apply(parameters.get(i))).append(pieces.get(i + 1));
        }
        return text.toString();
    }

    /** The end of the quote or comment that starts at this index; the index itself if none starts there. */
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
