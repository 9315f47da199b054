package dev.errand.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Lets a contender take a preloaded topic from its beginning to its end, measures it, and checks what it has written. */
final class Run {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Without new rows for so long, the rows are counted. */
    private static final int QUIET_LOOKS = 8;

    private static final int SLOWEST = 200;

    private final Stage stage;
    private final Path logs;
    private final Handlers handlers;

    private long lastSeq;
    private int quiet;
    private Duration applicationCpu = Duration.ZERO;
    private Duration mysqldCpu = Duration.ZERO;

    Run(Stage stage, Path logs, Handlers handlers) {
        this.stage = stage;
        this.logs = logs;
        this.handlers = handlers;
    }

    /** @param keep whether the ledger's rows of before stay */
    Measurement measure(Contender contender, int round, Preload preload, boolean keep) {
        stage.empty(keep ? List.of("user_activity") : List.of("user_activity", "user_action"));
        handlers.reset(stage);
        long base = stage.lastSeq();
        var workload = preload.workload();
        var group = preload.topic() + "-" + contender.name() + "-" + round;
        var began = System.nanoTime();
        Measurement measurement;
        try (var running = contender.start(stage, logs.resolve(group + ".log"), preload.topic(), group)) {
            running.await("its first row", START, LOOK, () -> stage.lastSeq() > base);
            var firstRow = (System.nanoTime() - began) / 1e9;
            sample(running);
            var applicationBefore = applicationCpu;
            var mysqldBefore = mysqldCpu;
            lastSeq = base;
            var atMost = START.plusSeconds(workload.publications() / SLOWEST);
            running.await("the last row", atMost, LOOK, () -> complete(running, base, workload.distinct()));
            measurement = new Measurement(
                    contender.name(),
                    round,
                    workload.publications() / span(base),
                    firstRow,
                    perHundredThousand(applicationCpu.minus(applicationBefore), workload),
                    perHundredThousand(mysqldCpu.minus(mysqldBefore), workload),
                    Usage.peakMemory(running.handle()));
            running.stop();
        }
        new Check(stage, preload, base).run(group);
        handlers.check(stage, workload);
        return measurement;
    }

    private boolean complete(Running running, long base, int rows) {
        var seq = stage.lastSeq();
        if (seq != lastSeq) {
            lastSeq = seq;
            quiet = 0;
            sample(running);
            return false;
        }
        if (++quiet % QUIET_LOOKS != 0) {
            return false;
        }
        return stage.database().number("SELECT COUNT(*) FROM user_action WHERE seq > ?", base) >= rows;
    }

    /** Taken whenever there are new rows, so that neither the end's waiting nor the counting is in it. */
    private void sample(Running running) {
        applicationCpu = Usage.cpu(running.handle());
        mysqldCpu = Usage.cpu(stage.mysqld());
    }

    /** Seconds by MySQL's own clock. */
    private double span(long base) {
        var micros = stage.database().number("""
                        SELECT TIMESTAMPDIFF(MICROSECOND, MIN(processed_at), MAX(processed_at))
                        FROM user_action WHERE seq > ?""", base);
        return micros / 1e6;
    }

    private static double perHundredThousand(Duration cpu, Workload workload) {
        return cpu.toNanos() / 1e9 / workload.publications() * 100_000;
    }
}
