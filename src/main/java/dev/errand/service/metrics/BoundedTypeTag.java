package dev.errand.service.metrics;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Action types as the values of a tag. Publishers make up types, and each is a time series for ever: those that come first are
 * told apart, up to a limit, and those that handlers name always are. Thread-safe.
 */
final class BoundedTypeTag {

    static final String OTHER = "other";

    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final int limit;

    /** @param handled what handlers name */
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
