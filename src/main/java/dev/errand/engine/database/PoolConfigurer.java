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
 * Gives up connections that answer that their server is read-only, whoever gets that answer: after a switch-over they lead to
 * what was the primary, and would go on doing so for the pool's {@code max-lifetime}. One such answer says it of all that are
 * in the pool. Takes the place of Quarkus's own for MySQL, and does what that does.
 */
@Singleton
@Alternative
@Priority(1)
@JdbcDriver("mysql")
@Unremovable
final class PoolConfigurer extends MySQLAgroalConnectionConfigurer {

    private static final Logger LOG = Logger.getLogger(PoolConfigurer.class);

    /** While the server stays read-only the pool is not to be filled and emptied all the time. */
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

    /** The connection that answered is closed by the pool, the others here. */
    private boolean isReadOnly(SQLException thrown) {
        if (!ErrorClassifier.isReadOnly(thrown)) {
            return false;
        }
        var last = flushedAt.get();
        var now = System.nanoTime();
        if (now - last >= BETWEEN_FLUSHES.toNanos() && flushedAt.compareAndSet(last, now)) {
            LOG.warnf(
                    "MySQL is read-only (error %d): the pool's connections are given up, new ones may lead to another server",
                    thrown.getErrorCode());
            dataSource.get().flush(AgroalDataSource.FlushMode.GRACEFUL);
        }
        return true;
    }
}
