package dev.errand.bench;

import dev.errand.bench.baseline.Baseline;
import dev.errand.testsupport.Application;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program that brings actions from Kafka to MySQL. All run on the same JVM with the same heap and read the same keys.
 *
 * @param jvm options of its own
 * @param program what stands behind the options on the command line
 * @param schema where its tables are
 */
record Contender(String name, List<String> jvm, List<String> program, String schema) {

    /** The application's own, and the baseline's, which writes to the same tables. */
    static final String SCHEMA = "errand";

    private static final List<String> SAME_FOR_ALL = List.of(
            "-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    /** The packaged application; the options {@code jvm} and {@code app} change its flags and its configuration. */
    static Contender errand(Settings settings) {
        var jvm = new ArrayList<>(settings.list("jvm"));
        settings.list("app").forEach(pair -> jvm.add("-D" + pair));
        return new Contender("errand", jvm, List.of("-jar", System.getProperty("errand.test.application")), SCHEMA);
    }

    /** The program written by hand; the option {@code poll} changes how many records it takes at once. */
    static Contender baseline(Settings settings) {
        return new Contender(
                "baseline",
                List.of(
                        "-Dbaseline.poll=" + settings.number("poll", Baseline.POLL_RECORDS),
                        "-Dbaseline.handlers=" + settings.mode().equals("handlers")),
                List.of("-cp", System.getProperty("java.class.path"), Baseline.class.getName()),
                SCHEMA);
    }

    /** What Errand is compared with: the baseline, or the build that the option {@code other} names, as it comes. */
    private static Contender other(Settings settings) {
        var build = settings.options().get("other");
        return build == null
                ? baseline(settings)
                : new Contender("other", settings.list("jvm"), List.of("-jar", build), "other_build");
    }

    /** Both, or that which the option {@code only} names; the first of a round is the last of the next. */
    static List<Contender> order(Settings settings, int round) {
        var only = settings.options().get("only");
        var both = round % 2 == 1
                ? Stream.of(errand(settings), other(settings))
                : Stream.of(other(settings), errand(settings));
        return both.filter(contender -> only == null || contender.name.equals(only))
                .toList();
    }

    /** Starts it as a new consumer group. */
    Running start(Stage stage, Path log, String topic, String group) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java));
        command.addAll(SAME_FOR_ALL);
        command.addAll(jvm);
        var configuration = Application.reaching(stage.bootstrapServers(), stage.jdbcUrl());
        configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
        Map.of("errand.topics", topic, "errand.group", group)
                .forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(program);
        return Running.start(name, command, log);
    }
}
