package dev.errand.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What more processes bring: the same topic taken by several in one group. All share this machine with MySQL and Kafka. */
final class Scale {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Without new rows for so long, the rows are counted. */
    private static final int QUIET_LOOKS = 8;

    private static final int SLOWEST = 200;

    private final Settings settings;
    private final Stage stage;

    Scale(Settings settings, Stage stage) {
        this.settings = settings;
        this.stage = stage;
    }

    void run() {
        var preload = Preload.publish(stage, settings.mode(), new Workload(settings.seed(), settings.actions(), 0));
        preload.describe();
        Report.line(
                "%9s %7s %10s %19s %20s",
                "processes", "round", "actions/s", "CPU s/100k: errand", "CPU s/100k: mysqld");
        for (int processes : processes()) {
            List<Taken> all = new ArrayList<>();
            for (int round = 1; round <= settings.rounds(); round++) {
                var taken = take(processes, round, preload);
                row(processes, String.valueOf(round), taken);
                all.add(taken);
            }
            row(
                    processes,
                    "median",
                    new Taken(
                            Report.median(all, Taken::rate),
                            Report.median(all, Taken::applicationCpu),
                            Report.median(all, Taken::mysqldCpu)));
        }
    }

    private List<Integer> processes() {
        var wanted = settings.list("processes");
        return (wanted.isEmpty() ? List.of("1", "2", "3") : wanted)
                .stream().map(Integer::parseInt).toList();
    }

    /** CPU seconds are those of 100,000 actions, of all processes together. */
    private record Taken(double rate, double applicationCpu, double mysqldCpu) {}

    private static void row(int processes, String round, Taken taken) {
        Report.line(
                "%9d %7s %10.0f %19.2f %20.2f", processes, round, taken.rate, taken.applicationCpu, taken.mysqldCpu);
    }

    private Taken take(int processes, int round, Preload preload) {
        stage.empty(List.of("user_activity", "user_action"));
        var group = preload.topic() + "-" + processes + "-" + round;
        var running = start(processes, group, preload);
        try {
            var first = running.get(0);
            first.await("its first row", START, LOOK, () -> stage.lastSeq() > 0);
            var progress = new Progress(running, preload.workload());
            var before = progress.cpu();
            var mysqldBefore = Usage.cpu(stage.mysqld());
            first.await(
                    "the last row",
                    START.plusSeconds(preload.workload().publications() / SLOWEST),
                    LOOK,
                    progress::isOver);
            var taken = new Taken(
                    preload.workload().publications() / seconds(),
                    perHundredThousand(progress.applicationCpu.minus(before), preload),
                    perHundredThousand(progress.mysqldCpu.minus(mysqldBefore), preload));
            running.forEach(Running::stop);
            new Check(stage, preload, 0).run(group);
            return taken;
        } finally {
            running.forEach(Running::close);
        }
    }

    /** All at once; that the group is rebalanced while the first one works already is in the figures, as it is in life. */
    private List<Running> start(int processes, String group, Preload preload) {
        return IntStream.rangeClosed(1, processes)
                .mapToObj(number -> Contender.errand(settings)
                        .start(
                                stage,
                                settings.directory().resolve(group + "-" + number + ".log"),
                                preload.topic(),
                                group))
                .toList();
    }

    /** By MySQL's own clock, from the first row to the last. */
    private double seconds() {
        return stage.database()
                        .number(
                                "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(processed_at), MAX(processed_at)) FROM user_action")
                / 1e6;
    }

    private static double perHundredThousand(Duration cpu, Preload preload) {
        return cpu.toNanos() / 1e9 / preload.workload().publications() * 100_000;
    }

    /** Looks whether all is there, and takes the times of use whenever there was something new. */
    private final class Progress {

        private final List<Running> running;
        private final Workload workload;
        private long lastSeq;
        private int quiet;
        private Duration applicationCpu = Duration.ZERO;
        private Duration mysqldCpu = Duration.ZERO;

        Progress(List<Running> running, Workload workload) {
            this.running = running;
            this.workload = workload;
        }

        Duration cpu() {
            return running.stream().map(each -> Usage.cpu(each.handle())).reduce(Duration.ZERO, Duration::plus);
        }

        boolean isOver() {
            var seq = stage.lastSeq();
            if (seq != lastSeq) {
                lastSeq = seq;
                quiet = 0;
                applicationCpu = cpu();
                mysqldCpu = Usage.cpu(stage.mysqld());
                return false;
            }
            return ++quiet % QUIET_LOOKS == 0
                    && stage.database().number("SELECT COUNT(*) FROM user_action") >= workload.distinct();
        }
    }
}
