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
 * Redirects people who open the console to the OpenID Connect provider, if there is one: without this, the challenge of
 * basic authentication would come first. It authenticates nobody itself.
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

    /** Asked before basic authentication. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 2000;
    }
}
