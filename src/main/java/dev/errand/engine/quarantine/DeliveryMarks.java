package dev.errand.engine.quarantine;

import dev.errand.engine.quarantine.UnendedDeliveries.Known;
import dev.errand.engine.record.InFlightRecord;
import java.util.Collection;
import java.util.Map;

/** Deliveries that are written down while they are under way; see {@link SuspectMarks}. */
interface DeliveryMarks {

    /** @return what is known of each */
    Map<InFlightRecord, Known> find(Collection<InFlightRecord> suspects) throws Exception;

    /**
     * From now on they are under way.
     *
     * @param unendedBefore how often they came to no end before
     */
    void begin(Collection<InFlightRecord> suspects, int unendedBefore) throws Exception;

    /** What it says has been read. */
    void wasRead(InFlightRecord suspect) throws Exception;

    /**
     * @param ended what came to an end of any kind
     * @param notRun what was begun and then neither run nor decided on
     */
    void end(Collection<InFlightRecord> ended, Collection<InFlightRecord> notRun) throws Exception;
}
