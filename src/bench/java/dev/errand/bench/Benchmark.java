package dev.errand.bench;

import dev.errand.engine.handlers.BindingCost;
import java.time.Duration;
import java.util.stream.IntStream;

/** Runs the mode the command line asks for; ends with 1 where a contender's work was wrong. */
public final class Benchmark {

    private static final Duration START = Duration.ofSeconds(60);

    private Benchmark() {}

    public static void main(String[] args) {
        // Ctrl-C must not leave a contender behind; the servers notice by themselves.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> ProcessHandle.current().children().forEach(ProcessHandle::destroy), "stop-contenders"));
        var settings = Settings.fromSystemProperties();
        try (var stage = Stage.open(settings)) {
            migrate(settings, stage);
            Report.line("Mode %s, %d rounds", settings.mode(), settings.rounds());
            run(settings, stage);
        } catch (WrongResult e) {
            Report.line("FAILED: %s", e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Settings settings, Stage stage) {
        switch (settings.mode()) {
            case "throughput" -> new Race(settings, stage, Handlers.NONE).run(0);
            case "hot-user" -> new Race(settings, stage, Handlers.NONE).run(0.3);
            case "handlers" -> new Race(settings, stage, new ReadModifyWrite(settings.seed())).run(0);
            case "latency" -> new Latency(settings, stage).run();
            case "idle" -> new Idle(settings, stage).run();
            case "binding" -> binding(settings);
            case "scale" -> new Scale(settings, stage).run();
            case "growth" -> new Growth(settings, stage).run();
            default -> throw new WrongResult("there is no mode " + settings.mode());
        }
    }

    private static void binding(Settings settings) {
        var cost = new BindingCost();
        cost.measure(200_000);
        var nanos = IntStream.range(0, settings.rounds())
                .mapToDouble(round -> cost.measure(200_000))
                .sorted()
                .toArray();
        Report.line(
                "binding and validating a payload: median %.0f ns an action, %.0f to %.0f (%d bound)",
                nanos[nanos.length / 2], nanos[0], nanos[nanos.length - 1], cost.bound());
    }

    /** Each build of the application makes its tables itself. */
    private static void migrate(Settings settings, Stage stage) {
        stage.createTopic("migrate", 1);
        migrate(settings, stage, Contender.errand(settings));
        Contender.order(settings, 1).stream()
                .filter(contender -> !contender.schema().equals(Contender.SCHEMA))
                .forEach(contender -> migrate(settings, stage, contender));
    }

    private static void migrate(Settings settings, Stage stage, Contender contender) {
        var own = stage.of(contender);
        own.createSchema();
        var log = settings.directory().resolve("migrate-" + contender.name() + ".log");
        try (var running = contender.start(own, log, "migrate", "m-" + contender.name())) {
            running.await("readiness", START, Duration.ofMillis(50), () -> running.printed("Installed features"));
            running.stop();
        }
    }
}
