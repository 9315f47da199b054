package dev.errand.bench;

import java.util.ArrayList;

/** Lets the contenders take the same topic in turn; who goes first changes from round to round. */
final class Race {

    private final Settings settings;
    private final Stage stage;
    private final Handlers handlers;

    Race(Settings settings, Stage stage, Handlers handlers) {
        this.settings = settings;
        this.stage = stage;
        this.handlers = handlers;
    }

    /** @param hotShare the share of actions that one user does */
    void run(double hotShare) {
        var workload = new Workload(settings.seed(), settings.actions(), hotShare);
        var preload = Preload.publish(stage, settings.mode(), workload);
        preload.describe();
        Report.head();
        var all = new ArrayList<Measurement>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (var contender : Contender.order(settings, round)) {
                var run = new Run(stage.of(contender), settings.directory(), handlers);
                var measurement = run.measure(contender, round, preload, false);
                Report.row(measurement);
                all.add(measurement);
            }
        }
        Report.summary(all);
    }
}
