package dev.errand.engine.offsets;

import jakarta.inject.Singleton;
import java.util.UUID;

/** The id of this process in the database; each start creates a new one. Immutable and thread-safe. */
@Singleton
public final class InstanceId {

    private final UUID id = UUID.randomUUID();

    public UUID id() {
        return id;
    }
}
