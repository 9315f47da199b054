package dev.errand.service.console;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Who looks at a page, and where it is in the console.
 *
 * @param section the part of the console that the page belongs to
 * @param user the name of the user
 * @param operator whether the user may change things
 * @param canLogOut whether there is a log-out: an OpenID Connect provider has one, basic authentication has none
 */
record PageContext(String section, String user, boolean operator, boolean canLogOut) {

    /** Creates the context of the current request. Thread-safe. */
    @ApplicationScoped
    static class Visits {

        private final SecurityIdentity identity;
        private final boolean oidc;

        @Inject
        Visits(
                SecurityIdentity identity,
                @ConfigProperty(name = "quarkus.oidc.tenant-enabled", defaultValue = "false") boolean oidc) {
            this.identity = identity;
            this.oidc = oidc;
        }

        PageContext to(String section) {
            return new PageContext(section, user(), identity.hasRole("operator"), oidc);
        }

        String user() {
            return identity.getPrincipal().getName();
        }
    }
}
