package dev.errand.bench.baseline;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What a good engineer would write by hand for this one task: two threads, each with a consumer and a connection, one
 * transaction a poll, exactly once by the ledger. No retries of handlers, no failed actions, no limits: the fastest that
 * Kafka's client and JDBC can be on this machine, to compare the application with.
 */
public final class Baseline {

    /** How many records a poll takes: the fastest of those tried, see the README. */
    public static final int POLL_RECORDS = 500;

    private static final int THREADS = 2;

    private Baseline() {}

    public static void main(String[] args) {
        var takers = IntStream.range(0, THREADS).mapToObj(i -> taker()).toList();
        var threads = takers.stream()
                .map(taker -> new Thread(() -> runOrEnd(taker), "baseline"))
                .toList();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(takers, threads), "stop"));
        threads.forEach(Thread::start);
    }

    private static Taker taker() {
        return new Taker(
                System.getProperty("kafka.bootstrap.servers"),
                System.getProperty("quarkus.datasource.jdbc.url"),
                System.getProperty("errand.topics"),
                System.getProperty("errand.group"),
                Integer.getInteger("baseline.poll", POLL_RECORDS),
                Boolean.getBoolean("baseline.handlers") ? new HandWritten() : (connection, fresh) -> {});
    }

    private static void runOrEnd(Taker taker) {
        try {
            taker.run();
        } catch (SQLException | RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void stop(List<Taker> takers, List<Thread> threads) {
        takers.forEach(Taker::stop);
        for (var thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
