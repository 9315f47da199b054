package dev.errand.engine.quarantine;

import dev.errand.engine.quarantine.UnfinishedRecords.Known;
import dev.errand.engine.record.InFlightRecord;
import java.util.Collection;
import java.util.Map;

/**
 * Marks the delivery of suspects while it is in progress. A mark that is left behind shows that a delivery did not end, because its
 * process died or hung. See {@link SuspectMarks}.
 */
interface DeliveryMarks {

    /** @return what is known of the earlier deliveries of each record */
    Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws Exception;

    /**
     * Marks the start of a delivery.
     *
     * @param unendedBefore how many earlier deliveries did not end
     */
    void begin(Collection<InFlightRecord> suspects, int unendedBefore) throws Exception;

    /** Marks that the record has been decoded in this delivery. */
    void wasRead(InFlightRecord suspect) throws Exception;

    /**
     * Removes marks.
     *
     * @param ended the deliveries that ended, whether they succeeded or failed
     * @param notRun the deliveries that were marked and then not run
     */
    void end(Collection<InFlightRecord> ended, Collection<InFlightRecord> notRun) throws Exception;
}
