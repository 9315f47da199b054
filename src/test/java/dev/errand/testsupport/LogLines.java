package dev.errand.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Collects what is logged at INFO and above while this is open. */
public final class LogLines implements AutoCloseable {

    private final PatternFormatter formatter;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.INFO.intValue()) {
                lines.add(formatter.format(record));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private LogLines(Logger logger, String pattern) {
        this.logger = logger;
        this.formatter = new PatternFormatter(pattern);
        logger.addHandler(handler);
    }

    /** @param category the name of a class or of a package */
    public static LogLines of(String category) {
        return new LogLines(Logger.getLogger(category), "%s");
    }

    /** Collects the lines of all loggers, with exceptions and their causes. */
    public static LogLines ofAll() {
        return new LogLines(Logger.getLogger(""), "%c %s%e");
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
