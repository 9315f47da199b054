package dev.errand.testsupport;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.engine.observation.WorkObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Remembers what it was told. */
public class Seen implements WorkObserver {

    public final List<String> news = new ArrayList<>();

    @Override
    public void taken(int actions) {
        news.add("taken " + actions);
    }

    @Override
    public void unitEnded(Duration took, boolean committed) {
        news.add(committed ? "committed" : "rolled back");
    }

    @Override
    public void again(Again why) {
        news.add("again " + why);
    }

    @Override
    public void became(Outcome outcome, List<? extends Action<?>> actions) {
        actions.forEach(action -> news.add(outcome + " " + action.key().id()));
    }

    @Override
    public void unreadable(List<RecordPosition> records) {
        records.forEach(record -> news.add("unreadable " + record));
    }

    @Override
    public void attempted(Attempt how) {
        news.add("attempted " + how);
    }
}
