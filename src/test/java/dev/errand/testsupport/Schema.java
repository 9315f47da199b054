package dev.errand.testsupport;

import dev.errand.dev.embedded.MySqlServer;
import org.flywaydb.core.Flyway;

/** Errand's tables, for tests without the application. */
public final class Schema {

    private Schema() {}

    /** Creates them as the application does at its start. */
    public static void create(MySqlServer mySql) {
        Flyway.configure()
                .dataSource(mySql.jdbcUrl(), "errand", "errand")
                .locations("db/errand")
                .table("errand_schema_history")
                .load()
                .migrate();
    }
}
