package dev.errand.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How long the first action takes after minutes without any, compared with one among others. */
final class Idle {

    private static final int WARM_UP = 2_000;
    private static final int WARM = 100;

    private final Settings settings;
    private final Stage stage;

    Idle(Settings settings, Stage stage) {
        this.settings = settings;
        this.stage = stage;
    }

    void run() {
        var idle = Duration.ofMinutes(settings.number("idle-minutes", 10));
        Report.line(
                "%-9s %7s %12s %12s %28s",
                "program", "round", "warm p50 ms", "warm max ms", "first after %d min, ms".formatted(idle.toMinutes()));
        Contender.order(settings, 1).forEach(contender -> measure(contender, idle));
    }

    private void measure(Contender contender, Duration idle) {
        try (var feed = new Feed(settings, stage, contender, 1)) {
            feed.send(WARM_UP, 500);
            for (int round = 1; round <= settings.rounds(); round++) {
                var warm = feed.send(WARM, 10);
                waitFor(idle);
                var first = feed.send(1, 1_000).get(0);
                Report.line(
                        "%-9s %7d %12.1f %12.1f %28.1f",
                        contender.name(),
                        round,
                        Report.quantile(warm.stream().mapToDouble(Double::doubleValue), 0.5),
                        Report.quantile(warm.stream().mapToDouble(Double::doubleValue), 1),
                        first);
            }
            feed.finish();
        }
    }

    /** Nothing to be signalled: that nothing happens is what is wanted. */
    private static void waitFor(Duration idle) {
        var end = System.nanoTime() + idle.toNanos();
        for (var left = idle.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
