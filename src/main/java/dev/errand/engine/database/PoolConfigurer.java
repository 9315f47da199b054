package dev.errand.engine.database;

import dev.errand.engine.error.ErrorClassifier;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.MySQLExceptionSorter;
import io.quarkus.agroal.runtime.JdbcDriver;
import io.quarkus.arc.Unremovable;
import io.quarkus.jdbc.mysql.runtime.MySQLAgroalConnectionConfigurer;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Closes the pool's connections when any statement fails because the server is read-only. After a switch-over they lead to the
 * former primary, and would stay for the pool's {@code max-lifetime}. Extends and replaces Quarkus's own configurer for MySQL.
 */
@Singleton
@Alternative
@Priority(1)
@JdbcDriver("mysql")
@Unremovable
final class PoolConfigurer extends MySQLAgroalConnectionConfigurer {

    private static final Logger LOG = Logger.getLogger(PoolConfigurer.class);

    /** Keeps the pool from being flushed all the time while the server stays read-only. */
    private static final Duration BETWEEN_FLUSHES = Duration.ofSeconds(5);

    private final Instance<AgroalDataSource> dataSource;
    private final AtomicLong flushedAt = new AtomicLong(System.nanoTime() - BETWEEN_FLUSHES.toNanos());

    @Inject
    PoolConfigurer(Instance<AgroalDataSource> dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void setExceptionSorter(String databaseKind, AgroalDataSourceConfigurationSupplier configuration) {
        var usual = new MySQLExceptionSorter();
        ExceptionSorter sorter = thrown -> usual.isFatal(thrown) || isReadOnly(thrown);
        configuration.connectionPoolConfiguration().exceptionSorter(sorter);
    }

    /** Flushes the pool if the server is read-only. The pool itself closes the connection on which the error occurred. */
    private boolean isReadOnly(SQLException thrown) {
        if (!ErrorClassifier.isReadOnly(thrown)) {
            return false;
        }
        var last = flushedAt.get();
        var now = System.nanoTime();
        if (now - last >= BETWEEN_FLUSHES.toNanos() && flushedAt.compareAndSet(last, now)) {
            LOG.warnf(
                    "MySQL is read-only (error %d): the pool's connections are closed, new ones may lead to another server",
                    thrown.getErrorCode());
            dataSource.get().flush(AgroalDataSource.FlushMode.GRACEFUL);
        }
        return true;
    }
}
