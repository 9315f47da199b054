package dev.errand.service.metrics;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Action types as the values of a tag, bounded in number: publishers choose types freely, and each value is a time
 * series that is never removed. Types with a handler keep their names; of all others only the first ones do, up to a
 * limit. Thread-safe.
 */
final class BoundedTypeTag {

    static final String OTHER = "other";

    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final int limit;

    /**
     * @param handled types that have a handler
     * @param others how many other types keep their names
     */
    BoundedTypeTag(Collection<String> handled, int others) {
        named.addAll(handled);
        this.limit = named.size() + others;
    }

    String name(String type) {
        return named.contains(type) || isRoomFor(type) ? type : OTHER;
    }

    private synchronized boolean isRoomFor(String type) {
        if (named.size() < limit) {
            named.add(type);
        }
        return named.contains(type);
    }
}
