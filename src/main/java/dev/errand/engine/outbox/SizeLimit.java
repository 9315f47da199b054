package dev.errand.engine.outbox;

/**
 * The largest size that a record may have.
 *
 * @param bytes the size with key, headers and overhead
 * @param setting the setting that the limit comes from, for messages
 */
public record SizeLimit(long bytes, String setting) {

    /** The lower of the two limits. */
    public SizeLimit or(SizeLimit other) {
        return other.bytes < bytes ? other : this;
    }

    @Override
    public String toString() {
        return bytes + " bytes (" + setting + ")";
    }
}
