package dev.errand.engine.outbox;

/**
 * How large a record may be.
 *
 * @param bytes with key, headers and overhead
 * @param setting what says so, for messages
 */
public record SizeLimit(long bytes, String setting) {

    /** The lower one of both. */
    public SizeLimit or(SizeLimit other) {
        return other.bytes < bytes ? other : this;
    }

    @Override
    public String toString() {
        return bytes + " bytes (" + setting + ")";
    }
}
