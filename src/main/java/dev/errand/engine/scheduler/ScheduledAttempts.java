package dev.errand.engine.scheduler;

import dev.errand.engine.batch.TransactionalUnitOfWork;
import dev.errand.engine.error.Failure;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.parking.Attempts;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.quarantine.UnderWay;
import dev.errand.engine.retry.FailurePolicy;
import dev.errand.engine.transaction.TransactionTimeout;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Scheduled attempts in the database. Thread-safe. */
@ApplicationScoped
public class ScheduledAttempts implements AttemptRunner.Store {

    private static final Logger LOG = Logger.getLogger(ScheduledAttempts.class);
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final TransactionalUnitOfWork unit;
    private final FailurePolicy policy;
    private final DataSource dataSource;
    private final Duration lease;
    private final UnderWay<ClaimedAttempt> underWay;

    @Inject
    ScheduledAttempts(
            TransactionalUnitOfWork unit,
            FailurePolicy policy,
            DataSource dataSource,
            TransactionTimeout timeout,
            LivenessMonitor liveness) {
        this.unit = unit;
        this.policy = policy;
        this.dataSource = dataSource;
        this.lease = timeout.value().plus(MARGIN);
        this.underWay = new UnderWay<>(liveness.longestUnit(), System::nanoTime);
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public Optional<ClaimedAttempt> claim() throws Exception {
        try (var connection = dataSource.getConnection()) {
            return Attempts.claim(connection, lease);
        }
    }

    @Override
    public Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs) throws Exception {
        underWay.begin(due, due.leaseCount());
        try {
            return unit.attempt(due, runs, lease);
        } finally {
            underWay.end(due);
        }
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public boolean failed(ClaimedAttempt due, Failure failure) throws Exception {
        var type = due.action().type();
        var dead = policy.isDead(failure, type, due.attempts() + 1);
        try (var connection = dataSource.getConnection()) {
            if (dead) {
                Attempts.markDead(connection, due, failure, policy.deadBlocks(type), policy.publishesDead());
            } else {
                Attempts.markFailed(connection, due, failure, policy.delay(type, due.attempts() + 1));
            }
        }
        return dead;
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public void giveBack(ClaimedAttempt due, Duration until) throws Exception {
        try (var connection = dataSource.getConnection()) {
            Attempts.giveBack(connection, due, until);
        }
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public void prolong(ClaimedAttempt due) throws Exception {
        try (var connection = dataSource.getConnection()) {
            Attempts.prolong(connection, due, lease);
        }
    }

    /** Takes back the count of attempts that are merely slow when this process has to end, so that they do not count as unended. */
    @Transactional(rollbackOn = Exception.class)
    public void forgive() throws Exception {
        var slow = underWay.merelySlow();
        if (!slow.isEmpty()) {
            try (var connection = dataSource.getConnection()) {
                for (var due : slow) {
                    Attempts.forgive(connection, due);
                }
            }
        }
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception {
        try (var connection = dataSource.getConnection()) {
            return Attempts.markSucceeded(connection, due, lease);
        }
    }

    /** Unblocks users whose parked actions nothing would ever try again, of which there should be none. */
    @Transactional(rollbackOn = Exception.class)
    public void resumeStuckUsers() throws Exception {
        try (var connection = dataSource.getConnection()) {
            var users = Attempts.resumeStuckUsers(connection);
            if (!users.isEmpty()) {
                LOG.errorf(
                        "The parked actions of %d users were stuck and continue now; please report this", users.size());
            }
        }
    }

    @Override
    public boolean databaseWorks() {
        return unit.databaseWorks();
    }
}
