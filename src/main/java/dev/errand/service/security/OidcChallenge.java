package dev.errand.service.security;

import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Leads who comes to the console to the provider, where there is one: left to themselves, the mechanisms would ask for
 * basic authentication first. It authenticates nobody itself.
 */
@Singleton
final class OidcChallenge implements HttpAuthenticationMechanism {

    private final OidcAuthenticationMechanism oidc;
    private final boolean enabled;

    @Inject
    OidcChallenge(
            OidcAuthenticationMechanism oidc,
            @ConfigProperty(name = "quarkus.oidc.tenant-enabled", defaultValue = "false") boolean enabled) {
        this.oidc = oidc;
        this.enabled = enabled;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        return Uni.createFrom().nullItem();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return enabled && context.normalizedPath().startsWith("/console")
                ? oidc.getChallenge(context)
                : Uni.createFrom().nullItem();
    }

    /** Before basic authentication. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 2000;
    }
}
