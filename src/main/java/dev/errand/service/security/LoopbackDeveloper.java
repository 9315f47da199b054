package dev.errand.service.security;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * In development who sits at the machine needs no log-in. Not in the artifact: the build leaves it out of every other
 * profile.
 */
@Singleton
@IfBuildProfile("dev")
final class LoopbackDeveloper implements HttpAuthenticationMechanism {

    /** A name that another site's DNS could lead to this machine is not enough. */
    private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        if (!isLocal(context.request())) {
            return Uni.createFrom().nullItem();
        }
        return Uni.createFrom()
                .item(QuarkusSecurityIdentity.builder()
                        .setPrincipal(new QuarkusPrincipal("developer"))
                        .addRoles(Set.of("viewer", "operator"))
                        .build());
    }

    private static boolean isLocal(HttpServerRequest request) {
        var authority = request.authority();
        try {
            return authority != null
                    && LOCAL_HOSTS.contains(authority.host())
                    && InetAddress.getByName(
                                    request.connection().remoteAddress().hostAddress())
                            .isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().nullItem();
    }

    /** Before the others, which would ask for a log-in. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 1000;
    }
}
