package dev.errand.testsupport;

import dev.errand.dev.embedded.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A MySQL server for the tests of one class, without the application, and one connection to it. */
public final class OwnMySql implements BeforeAllCallback, AfterAllCallback {

    private final MySqlServer server = Servers.mySql();
    private final Consumer<MySqlServer> prepare;
    private Connection connection;

    private OwnMySql(Consumer<MySqlServer> prepare) {
        this.prepare = prepare;
    }

    public static OwnMySql empty() {
        return new OwnMySql(server -> {});
    }

    public static OwnMySql withErrandsTables() {
        return new OwnMySql(Schema::create);
    }

    /** The connection, which is open from before the first test until after the last one. */
    public Connection connection() {
        return connection;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        server.start();
        prepare.accept(server);
        connection = DriverManager.getConnection(server.jdbcUrl(), "errand", "errand");
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        try (server) {
            if (connection != null) {
                connection.close();
            }
        }
    }
}
