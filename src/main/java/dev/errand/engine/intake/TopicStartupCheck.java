package dev.errand.engine.intake;

import dev.errand.engine.offsets.IntakeConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Warns at the start if several topics are read, because their publishers may give the same identity to different actions. */
@Singleton
final class TopicStartupCheck {

    private static final Logger LOG = Logger.getLogger(TopicStartupCheck.class);

    private final List<String> topics;
    private final boolean takesActions;

    @Inject
    TopicStartupCheck(
            @ConfigProperty(name = "mp.messaging.incoming.user-actions.topics") Optional<List<String>> topics,
            IntakeConfig config) {
        this.topics = topics.orElse(List.of());
        this.takesActions = config.enabled();
    }

    void check(@Observes StartupEvent event) {
        if (takesActions) {
            warning(topics).ifPresent(LOG::warn);
        }
    }

    static Optional<String> warning(List<String> topics) {
        var several = topics.stream().map(String::strip).distinct().toList();
        return several.size() < 2
                ? Optional.empty()
                : Optional.of("Actions are read from several topics, " + String.join(", ", several)
                        + " (errand.topics), and plain JSON may have no source: if two publishers use the same id, the"
                        + " second action is not done but parked as dead (Conflicting). Let each publisher set a"
                        + " \"source\" of its own, or use one topic with unique ids");
    }
}
