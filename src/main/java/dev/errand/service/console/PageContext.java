package dev.errand.service.console;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Who looks at a page, and where.
 *
 * @param section the part of the console that the page belongs to
 * @param user who looks
 * @param operator whether they may change things
 * @param canLogOut whether there is a log-out: a provider has one, a browser's basic authentication has none
 */
record PageContext(String section, String user, boolean operator, boolean canLogOut) {

    /** Makes them for the request at hand. Thread-safe. */
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
