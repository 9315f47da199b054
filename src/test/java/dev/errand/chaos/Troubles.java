package dev.errand.chaos;

import dev.errand.testsupport.Database;

/**
 * Makes the table of the example handler refuse writes: one in ten by chance, orders of many points until it is told to stop,
 * and orders of even more points as if they could never be stored. It uses triggers, because the packaged application contains
 * no test code.
 */
final class Troubles {

    /** Points of an order that is refused until {@link #endLongOnes}. */
    static final long FOR_LONG = 1_000_000;

    /** Points of an order that is refused for good, as far as the application can tell. */
    static final long FOR_GOOD = 1_000_000_000;

    private static final String BODY = """
            BEGIN
              DECLARE long_ones, for_good INT;
              SELECT trouble.long_ones, trouble.for_good INTO long_ones, for_good FROM trouble;
              IF for_good AND %1$s >= 1000000000 THEN
                SIGNAL SQLSTATE '22000' SET MESSAGE_TEXT = 'never', MYSQL_ERRNO = 3819;
              ELSEIF long_ones AND %1$s %% 1000000000 >= 1000000 THEN
                SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not for an hour';
              ELSEIF long_ones AND RAND() < 0.1 THEN
                SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'by chance';
              END IF;
            END""";

    private final Database database;

    Troubles(Database database) {
        this.database = database;
    }

    void begin() {
        database.execute("CREATE TABLE trouble (long_ones INT NOT NULL, for_good INT NOT NULL)");
        database.execute("INSERT INTO trouble VALUES (1, 1)");
        database.execute("CREATE TRIGGER trouble_of_inserts BEFORE INSERT ON loyalty_account FOR EACH ROW "
                + BODY.formatted("NEW.points"));
        database.execute("CREATE TRIGGER trouble_of_updates BEFORE UPDATE ON loyalty_account FOR EACH ROW "
                + BODY.formatted("(NEW.points - OLD.points)"));
    }

    void endLongOnes() {
        database.execute("UPDATE trouble SET long_ones = 0");
    }

    void endAll() {
        database.execute("UPDATE trouble SET for_good = 0");
    }
}
