package dev.errand.engine.quarantine;

import dev.errand.action.RawRecord;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.quarantine.UnfinishedRecords.Known;
import dev.errand.engine.record.InFlightRecord;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Marks records in the database while they are in progress. Each method is one transaction. Thread-safe. */
@ApplicationScoped
public class SuspectMarks implements DeliveryMarks {

    /** After this time, marks of partitions that are no longer read are deleted. */
    private static final Duration AGE = Duration.ofDays(30);

    private final DataSource dataSource;
    private final UnfinishedRecords table;
    private final UnderWay<InFlightRecord> underWay;

    @Inject
    SuspectMarks(
            DataSource dataSource,
            LivenessMonitor liveness,
            @ConfigProperty(name = "errand.group", defaultValue = "errand") String group) {
        this.dataSource = dataSource;
        this.table = new UnfinishedRecords(group, UUID.randomUUID());
        this.underWay = new UnderWay<>(liveness.longestUnit(), System::nanoTime);
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws Exception {
        try (var connection = dataSource.getConnection()) {
            var known = table.find(connection, originals(suspects));
            Map<InFlightRecord, Known> found = new HashMap<>();
            suspects.forEach(each -> found.put(each, known.getOrDefault(each.position(), Known.NOTHING)));
            return found;
        }
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public void begin(Collection<InFlightRecord> suspects, int unendedBefore) throws Exception {
        try (var connection = dataSource.getConnection()) {
            table.begin(connection, originals(suspects), unendedBefore);
        }
        suspects.forEach(each -> underWay.begin(each, unendedBefore));
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public void wasRead(InFlightRecord suspect) throws Exception {
        try (var connection = dataSource.getConnection()) {
            table.wasRead(connection, suspect.position());
        }
    }

    @Transactional(rollbackOn = Exception.class)
    @Override
    public void end(Collection<InFlightRecord> ended, Collection<InFlightRecord> notRun) throws Exception {
        try (var connection = dataSource.getConnection()) {
            if (!ended.isEmpty()) {
                table.end(
                        connection, ended.stream().map(InFlightRecord::position).toList());
            }
            for (var each : notRun) {
                table.forgive(connection, each.position(), underWay.unendedBefore(each));
            }
        } finally {
            ended.forEach(underWay::end);
            notRun.forEach(underWay::end);
        }
    }

    /**
     * Takes back the marks of records that are only slow when this process has to give their partitions up, so that these deliveries
     * do not count as deliveries that did not end.
     *
     * @param left whether a record belongs to a partition that is given up
     */
    @Transactional(rollbackOn = Exception.class)
    public void forgive(Predicate<InFlightRecord> left) throws Exception {
        var slow = underWay.merelySlow().stream().filter(left).toList();
        if (!slow.isEmpty()) {
            try (var connection = dataSource.getConnection()) {
                for (var each : slow) {
                    table.forgive(connection, each.position(), underWay.unendedBefore(each));
                }
            }
        }
    }

    /** Deletes marks that are not needed any more. */
    @Transactional(rollbackOn = Exception.class)
    public void purge() throws Exception {
        try (var connection = dataSource.getConnection()) {
            table.purge(connection, AGE);
        }
    }

    private static List<RawRecord> originals(Collection<InFlightRecord> records) {
        return records.stream().map(InFlightRecord::original).toList();
    }
}
