package dev.errand.engine.offsets;

import jakarta.inject.Singleton;
import java.util.UUID;

/** By what name this process is known in the database: another one at each start. Immutable and thread-safe. */
@Singleton
public final class InstanceId {

    private final UUID id = UUID.randomUUID();

    public UUID id() {
        return id;
    }
}
