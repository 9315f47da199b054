package dev.errand.security;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocksAtStartTest {

    private static final String USERS = "quarkus.security.users.embedded.";

    @Test
    void shouldRefuseWhereNobodyCouldLogIn() {
        assertThatThrownBy(() -> check(LaunchMode.NORMAL, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Nobody could log in to API and console")
                .hasMessageContaining("quarkus.oidc.auth-server-url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "eleven-char", "              "})
    void shouldRefuseShortPasswordsWithoutTellingThem(String password) {
        var refusal = assertThatThrownBy(() -> check(
                        LaunchMode.NORMAL, Map.of(USERS + "users.max", password, USERS + "roles.max", "operator")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(USERS + "users.max: the password has fewer than 12 characters");
        if (!password.isBlank()) {
            refusal.hasMessageNotContaining(password);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "viewer,admin", "Operator"})
    void shouldRefuseRolesThatAreNone(String roles) {
        assertThatThrownBy(() -> check(
                        LaunchMode.NORMAL, Map.of(USERS + "users.max", "a-long-password", USERS + "roles.max", roles)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no role")
                .hasMessageContaining("only [operator, viewer]");
    }

    @Test
    void shouldRefuseUsersWithoutARole() {
        assertThatThrownBy(() -> check(LaunchMode.NORMAL, Map.of(USERS + "users.max", "a-long-password")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(USERS + "roles.max: the user has no role");
    }

    @Test
    void shouldRefuseUsersWhomNobodyAsks() {
        assertThatThrownBy(() -> check(
                        LaunchMode.NORMAL,
                        Map.of(
                                USERS + "users.max",
                                "a-long-password",
                                USERS + "roles.max",
                                "viewer",
                                "quarkus.http.auth.basic",
                                "false")))
                .hasMessageContaining("Nobody could log in");
    }

    @Test
    void shouldTakeUsersOrAProviderOrNoHttpAtAll() {
        assertThatCode(() -> {
                    check(
                            LaunchMode.NORMAL,
                            Map.of(USERS + "users.max", "a-long-password", USERS + "roles.max", "viewer,operator"));
                    check(LaunchMode.NORMAL, Map.of("quarkus.oidc.tenant-enabled", "true"));
                    check(LaunchMode.NORMAL, Map.of("quarkus.http.host-enabled", "false"));
                    check(LaunchMode.DEVELOPMENT, Map.of());
                })
                .doesNotThrowAnyException();
    }

    private static void check(LaunchMode mode, Map<String, String> configuration) {
        var config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(configuration, "the test", 100))
                .build();
        new LocksAtStart(config, mode).check(new StartupEvent());
    }
}
