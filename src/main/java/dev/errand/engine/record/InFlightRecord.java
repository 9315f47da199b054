package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import java.util.List;

/**
 * A record that was admitted and is to be settled: its offset may be committed only after {@link #complete}.
 *
 * <p>One thread works on a delivery at a time; handing it to another thread goes through a lock.
 */
public interface InFlightRecord {

    /** Whose it is; deliveries of one user are worked on in order. */
    String user();

    /** What the record says; reads it at the first call. */
    DecodedRecord decoded();

    /** Where it came from. */
    RecordPosition position();

    /** The memory it takes while it waits, about. */
    int bytes();

    /** Whether its partition has gone elsewhere, so that somebody else will get it again. */
    boolean abandoned();

    /** Says that its effects are committed in MySQL. */
    void complete();

    /** Whether the partition's last owner ended without giving it back, and may have died of this record. */
    boolean suspect();

    /** Says that it was done, and had not been done before. */
    void newlyDone();

    /** Says that work on it goes on although its partition leaves: the next owner is to be careful. */
    void leaveUnended();

    /** From now on it counts as unreadable, without being read. */
    void giveUpReading(String reason);

    /** What was published. */
    RawRecord original();

    /** How working on it has failed so far. */
    List<Failure> failures();

    /** Whether it is to be worked on alone: because its handler wants that, or because it failed. */
    boolean alone();

    /** From now on it is to be worked on alone. */
    void runAlone();

    /** Remembers a failure; it goes alone from then on. */
    void failed(Failure failure);
}
