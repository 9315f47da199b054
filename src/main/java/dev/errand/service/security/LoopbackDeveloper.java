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
 * Lets requests from the local machine in without a log-in, in development. The bean exists only in applications that
 * are built for the profile {@code dev}.
 */
@Singleton
@IfBuildProfile("dev")
final class LoopbackDeveloper implements HttpAuthenticationMechanism {

    /** The request's host must be one of these: a name of another site may resolve to this machine (DNS rebinding). */
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

    /** Asked before the other mechanisms, which would require a log-in. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 1000;
    }
}
