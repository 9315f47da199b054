package dev.errand.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the command line asks for: {@code bench.mode}, {@code bench.actions}, {@code bench.rounds}, {@code bench.seed}, and
 * {@code bench.options}, pairs {@code name=value} separated by blanks, see the README.
 *
 * @param actions records to publish for a run, duplicates included; the mode's own number where the user gave none
 * @param directory where the programs' logs go
 */
record Settings(String mode, int actions, int rounds, long seed, Map<String, String> options, Path directory) {

    private static final Map<String, Integer> ACTIONS =
            Map.of("throughput", 300_000, "hot-user", 300_000, "growth", 300_000, "scale", 300_000, "handlers", 60_000);

    private static final List<String> OPTIONS =
            List.of("only", "jvm", "app", "other", "poll", "seconds", "levels", "processes", "idle-minutes");

    static Settings fromSystemProperties() {
        var mode = System.getProperty("bench.mode", "throughput");
        var actions = System.getProperty("bench.actions", "");
        return new Settings(
                mode,
                actions.isBlank() ? ACTIONS.getOrDefault(mode, 0) : Integer.parseInt(actions),
                Integer.getInteger("bench.rounds", 5),
                Long.getLong("bench.seed", 20261122L),
                options(System.getProperty("bench.options", "")),
                Path.of(System.getProperty("bench.directory")));
    }

    private static Map<String, String> options(String text) {
        var options = Arrays.stream(text.strip().split("\\s+"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        options.keySet().forEach(name -> {
            if (!OPTIONS.contains(name)) {
                throw new IllegalArgumentException("bench.options knows " + OPTIONS + ", not " + name);
            }
        });
        return options;
    }

    int number(String option, int otherwise) {
        return Integer.parseInt(options.getOrDefault(option, String.valueOf(otherwise)));
    }

    /** An option's value, taken apart at its semicolons. */
    List<String> list(String option) {
        var value = options.getOrDefault(option, "");
        return value.isEmpty() ? List.of() : List.of(value.split(";"));
    }
}
