package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import java.util.List;

/**
 * A record that was admitted and is not completed yet: its offset may be committed only after {@link #complete}.
 *
 * <p>Not thread-safe: one thread at a time works on a record, and it is handed to another thread under a lock.
 */
public interface InFlightRecord {

    /** The user id; records of one user are processed in order. */
    String user();

    /** The decoded record; decoded at the first call. */
    DecodedRecord decoded();

    /** The record's topic, partition and offset. */
    RecordPosition position();

    /** About how many bytes of memory the record takes while it waits. */
    int bytes();

    /** Whether the record's assignment has ended, so that the partition's next owner will receive the record again. */
    boolean abandoned();

    /** Says that the record's effects, or its parked action, are committed in MySQL. */
    void complete();

    /** Whether this record may have killed the partition's last owner. */
    boolean suspect();

    /** Says that the record was done for the first time, and is not a duplicate. */
    void newlyDone();

    /** Says that work on the record goes on although its partition is given up; the next owner treats it as a suspect. */
    void leaveUnended();

    /** Makes the record unreadable for the given reason, without reading it. */
    void giveUpReading(String reason);

    /** The record as published. */
    RawRecord original();

    /** The failures so far, in order. */
    List<Failure> failures();

    /** Whether the record has to be the only one in its batch: because its handler requires that, or because it has failed. */
    boolean alone();

    /** Makes the record the only one in its next batch. */
    void runAlone();

    /** Adds a failure, and makes the record the only one in its next batch. */
    void failed(Failure failure);
}
