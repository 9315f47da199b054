package dev.errand.service.security;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;

/**
 * Refuses to start in production if nobody could log in, or if a password is too short; in all modes if a user's role
 * is unknown or tokens made for another service would be accepted.
 */
@Singleton
final class SecurityStartupCheck {

    private static final String USERS = "quarkus.security.users.embedded.users.";
    private static final String ROLES = "quarkus.security.users.embedded.roles.";
    private static final Set<String> KNOWN_ROLES = Set.of("viewer", "operator");
    private static final int SHORTEST_PASSWORD = 12;

    private final Config config;
    private final LaunchMode mode;

    @Inject
    SecurityStartupCheck(Config config, LaunchMode mode) {
        this.config = config;
        this.mode = mode;
    }

    /** Runs before the first record is consumed. */
    void check(@Observes @Priority(1) StartupEvent event) {
        var users = names(USERS);
        for (var user : users) {
            check(user);
        }
        if (mode == LaunchMode.NORMAL
                && (users.isEmpty() || !takesUsers())
                && !isTrue("quarkus.oidc.tenant-enabled")
                && servesHttp()) {
            throw new IllegalStateException(
                    "Nobody could log in to API and console. Configure an OpenID Connect provider"
                            + " (quarkus.oidc.tenant-enabled=true, quarkus.oidc.auth-server-url, .client-id,"
                            + " .credentials.secret, .token.audience), or users (" + USERS + "NAME=PASSWORD and "
                            + ROLES
                            + "NAME=viewer or operator), or switch HTTP off (quarkus.http.host-enabled=false)");
        }
        if (servesHttp()) {
            new TokenAudienceCheck(config).check();
        }
    }

    private boolean servesHttp() {
        return config.getOptionalValue("quarkus.http.host-enabled", Boolean.class)
                .orElse(true);
    }

    private boolean takesUsers() {
        return config.getOptionalValue("quarkus.security.users.embedded.enabled", Boolean.class)
                        .orElse(true)
                && config.getOptionalValue("quarkus.http.auth.basic", Boolean.class)
                        .orElse(true);
    }

    private void check(String user) {
        var password = config.getOptionalValue(USERS + user, String.class).orElse("");
        if (mode == LaunchMode.NORMAL && password.strip().length() < SHORTEST_PASSWORD) {
            throw new IllegalStateException(
                    USERS + user + ": the password has fewer than " + SHORTEST_PASSWORD + " characters");
        }
        var roles = config.getOptionalValues(ROLES + user, String.class).orElse(List.of());
        if (roles.isEmpty()) {
            throw new IllegalStateException(
                    ROLES + user + ": the user has no role and could do nothing: set viewer or operator");
        }
        for (var role : roles) {
            if (!KNOWN_ROLES.contains(role)) {
                throw new IllegalStateException(
                        ROLES + user + ": there is no role " + role + ", only " + new TreeSet<>(KNOWN_ROLES));
            }
        }
    }

    private Set<String> names(String prefix) {
        Set<String> names = new TreeSet<>();
        for (var name : config.getPropertyNames()) {
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            }
        }
        return names;
    }

    private boolean isTrue(String key) {
        return config.getOptionalValue(key, Boolean.class).orElse(false);
    }
}
