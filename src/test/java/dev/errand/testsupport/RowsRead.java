package dev.errand.testsupport;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Counts how many rows and index entries MySQL reads for a query, on one connection. For one thread. */
public final class RowsRead implements AutoCloseable {

    private final Connection connection;
    private final long ofCounting;

    public RowsRead(Connection connection) throws SQLException {
        this.connection = connection;
        counted();
        var before = counted();
        this.ofCounting = counted() - before;
    }

    /** Runs queries. */
    @FunctionalInterface
    public interface Question {
        void ask() throws Exception;
    }

    /** How many rows and index entries a question reads. */
    public long of(Question question) throws Exception {
        var before = counted();
        question.ask();
        return counted() - before - ofCounting;
    }

    private long counted() throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read%'")) {
            long sum = 0;
            while (result.next()) {
                sum += result.getLong(2);
            }
            return sum;
        }
    }

    /** A data source that always gives the one connection, which callers can't close. */
    public DataSource dataSource() {
        var open = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new One(open);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private record One(Connection connection) implements DataSource {

        @Override
        public Connection getConnection() {
            return connection;
        }

        @Override
        public Connection getConnection(String username, String password) {
            return connection;
        }

        @Override
        public PrintWriter getLogWriter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setLogWriter(PrintWriter out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setLoginTimeout(int seconds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
