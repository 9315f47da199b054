package dev.errand.dev.greeting;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.dev.appstate.ApplicationStartException;
import io.quarkus.dev.appstate.ApplicationStateNotification;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Logs what to try first at the end of the start in dev mode. It does so once, because the addresses stay the same when
 * the application is reloaded.
 */
@Singleton
@IfBuildProfile("dev")
final class Greeting {

    private static final Logger LOG = Logger.getLogger(Greeting.class);

    private static final String EXAMPLE = "/dev/errand/examples/LoyaltyAccount.class";

    /** A system property, because each reload loads the classes again. */
    private static final String DONE = "errand.dev.greeted";

    private final Config config;

    @Inject
    Greeting(Config config) {
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (System.getProperty(DONE) == null) {
            // Beans are notified of the start before Quarkus has logged its own last lines.
            var thread = new Thread(this::greet, "errand-greeting");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void greet() {
        try {
            ApplicationStateNotification.waitForApplicationStart();
        } catch (ApplicationStartException e) {
            // Quarkus has logged why. The next reload tries again.
            return;
        }
        var examples = Greeting.class.getResource(EXAMPLE) != null;
        LOG.info(new FirstMinute(key -> config.getOptionalValue(key, String.class), examples).text());
        System.setProperty(DONE, "true");
    }
}
