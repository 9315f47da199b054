package dev.errand.dev.greeting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The lines to paste in the first minute: console, an action, its result in MySQL, a change that is seen at once. */
final class FirstMinute {

    /** Set by the embedded MySQL, whose password is no secret. */
    static final String EMBEDDED_MYSQL = "errand.dev.embedded-mysql";

    /** The first server of however many, and the database; the address may have a user and a password before its host. */
    private static final Pattern JDBC_URL =
            Pattern.compile("jdbc:mysql:(?:\\w+:)?//(?:[^/?]*@)?(\\[[^]]+]|[^/?:,\\[(]+)(?::(\\d+))?[^/?]*/([^?]*).*");

    private static final Pattern PLAIN = Pattern.compile("[\\w.,:/@%+-]+");

    private final Function<String, Optional<String>> configuration;
    private final boolean examples;

    /**
     * The lines for an application that runs.
     *
     * @param configuration by key, with the ports and addresses that there really are
     * @param examples whether the example handlers are there
     */
    FirstMinute(Function<String, Optional<String>> configuration, boolean examples) {
        this.configuration = configuration;
        this.examples = examples;
    }

    /** The lines as one text: what is to be pasted stands in lines of its own. */
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

    /** Each time it is pasted the order is another one: what has the id of an earlier action changes nothing. */
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

    /** Nothing where the address is of a kind that the client can't be told. */
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
