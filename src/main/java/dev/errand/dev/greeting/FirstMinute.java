package dev.errand.dev.greeting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What to try first: the address of the console, commands that publish an action and show its result in MySQL, and a
 * change for a hot reload.
 */
final class FirstMinute {

    /** Set by the embedded MySQL, whose password is no secret. */
    static final String EMBEDDED_MYSQL = "errand.dev.embedded-mysql";

    /** The first server of one or several, and the database. A user and a password may precede the host. */
    private static final Pattern JDBC_URL =
            Pattern.compile("jdbc:mysql:(?:\\w+:)?//(?:[^/?]*@)?(\\[[^]]+]|[^/?:,\\[(]+)(?::(\\d+))?[^/?]*/([^?]*).*");

    private static final Pattern PLAIN = Pattern.compile("[\\w.,:/@%+-]+");

    private final Function<String, Optional<String>> configuration;
    private final boolean examples;

    /**
     * @param configuration the values of a running application by key, with its actual ports and addresses
     * @param examples whether the application has the example handlers
     */
    FirstMinute(Function<String, Optional<String>> configuration, boolean examples) {
        this.configuration = configuration;
        this.examples = examples;
    }

    /** The text. Everything to paste is on lines of its own. */
    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("Errand is ready. The console: " + http() + "/console");
        lines.add("");
        lines.add("Publish an order:");
        lines.add("  " + kcat());
        lines.add("Or without kcat, in a browser: " + http() + "/q/dev-ui/quarkus-kafka-client/topics");
        lines.add("  choose " + topic() + ", add a message (+) with the key u-42 and the value");
        lines.add("  " + order("1", "2026-11-22T05:00:00Z"));
        mySql().ifPresent(command -> {
            lines.add("See what it did in MySQL:");
            lines.add("  " + command);
        });
        if (examples) {
            lines.add(
                    "See a hot reload: in src/examples/java/dev/errand/examples/LoyaltyAccount.java change cents / 100 to cents / 10,");
            lines.add(
                    "  save, publish another order, and look at MySQL again: it gives 125 points where the first one gave 12.");
        }
        return String.join("\n", lines);
    }

    private String http() {
        var host = value("quarkus.http.host").orElse("localhost");
        var reachable = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        return "http://" + reachable + ":" + value("quarkus.http.port").orElse("8080");
    }

    private String topic() {
        return value("errand.topics").orElseThrow().split(",", 2)[0].strip();
    }

    /** Publishes another order each time it is pasted: an action with the id of an earlier one changes nothing. */
    private String kcat() {
        return "echo 'u-42|" + order("'$(date +%s)'", "'$(date -u +%FT%TZ)'") + "' | kcat -P -b "
                + quoted(value("kafka.bootstrap.servers").orElse("localhost:9092")) + " -t " + quoted(topic())
                + " -K'|' -X partitioner=murmur2_random";
    }

    private static String order(String id, String occurredAt) {
        return """
                {"id":"%s","type":"order.placed","userId":"u-42","occurredAt":"%s",\
                "payload":{"orderId":"o-1","totalCents":1250}}""".formatted(id, occurredAt);
    }

    /** Empty if the client can't be given an address of this kind. */
    private Optional<String> mySql() {
        var url = JDBC_URL.matcher(value("quarkus.datasource.jdbc.url").orElse(""));
        if (!url.matches()) {
            return Optional.empty();
        }
        var host = url.group(1).replaceAll("[\\[\\]]", "");
        var port = url.group(2) == null ? "3306" : url.group(2);
        var password = value(EMBEDDED_MYSQL).isPresent() ? "-perrand" : "-p";
        return Optional.of("mysql --protocol=tcp -h " + quoted(host) + " -P " + port
                + value("quarkus.datasource.username")
                        .map(user -> " -u " + quoted(user))
                        .orElse("")
                + " " + password + " " + quoted(url.group(3))
                + " -e 'SELECT * FROM " + (examples ? "loyalty_account" : "user_action") + "'");
    }

    private Optional<String> value(String key) {
        return configuration.apply(key).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
