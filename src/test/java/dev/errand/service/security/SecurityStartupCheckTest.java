package dev.errand.service.security;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityStartupCheckTest {

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
                    check(LaunchMode.NORMAL, provider("token.audience", "errand"));
                    check(LaunchMode.NORMAL, Map.of("quarkus.http.host-enabled", "false"));
                    check(LaunchMode.DEVELOPMENT, Map.of());
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(LaunchMode.class)
    void shouldRefuseAProviderWithoutAnAudience(LaunchMode mode) {
        assertThatThrownBy(() -> check(mode, provider()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Any token of the OpenID Connect provider would open API and console")
                .hasMessageContaining("quarkus.oidc.token.audience")
                .hasMessageContaining("errand.oidc.any-audience=true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"any", " any ", "any,any", ",", " "})
    void shouldTakeNothingForAnAudienceThatIsNone(String audience) {
        assertThatThrownBy(() -> check(LaunchMode.NORMAL, provider("token.audience", audience)))
                .hasMessageContaining("quarkus.oidc.token.audience");
    }

    @ParameterizedTest
    @ValueSource(strings = {"partners", "\"partners\"", "\"partners.of.ours\""})
    void shouldRefuseFurtherTenantsWithoutAnAudience(String tenant) {
        var configuration = new HashMap<>(provider("token.audience", "errand"));
        configuration.put("quarkus.oidc." + tenant + ".auth-server-url", "https://login.example.com");

        assertThatThrownBy(() -> check(LaunchMode.NORMAL, configuration))
                .hasMessageContaining("quarkus.oidc." + tenant + ".token.audience");

        configuration.put("quarkus.oidc." + tenant + ".token.audience", "errand");
        assertThatThrownBy(() -> check(LaunchMode.NORMAL, configuration))
                .hasMessageContaining("quarkus.oidc." + tenant + ".token.allow-opaque-token-introspection=false");

        configuration.put("quarkus.oidc." + tenant + ".tenant-enabled", "false");
        assertThatCode(() -> check(LaunchMode.NORMAL, configuration)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token.allow-opaque-token-introspection",
                "token.allow-jwt-introspection",
                "token.require-jwt-introspection-only"
            })
    void shouldRefuseToAskAboutTokensWhoseAudienceNobodyChecksThen(String key) {
        var configuration = new HashMap<>(provider("token.audience", "errand"));
        configuration.put("quarkus.oidc." + key, "true");

        assertThatThrownBy(() -> check(LaunchMode.NORMAL, configuration))
                .hasMessageContaining("Set quarkus.oidc." + key + "=false");
    }

    @Test
    void shouldTakeAnyAudienceWhereThatIsSaid() {
        var configuration = new HashMap<>(provider("token.allow-opaque-token-introspection", "true"));
        configuration.put("errand.oidc.any-audience", "true");

        assertThatCode(() -> check(LaunchMode.NORMAL, configuration)).doesNotThrowAnyException();
    }

    @Test
    void shouldAskForNoAudienceWhereNoTokensAreTaken() {
        var configuration = new HashMap<>(provider());
        configuration.put("quarkus.http.host-enabled", "false");

        assertThatCode(() -> check(LaunchMode.NORMAL, configuration)).doesNotThrowAnyException();
    }

    /** The provider of {@link #provider()} with one more key. */
    private static Map<String, String> provider(String key, String value) {
        var configuration = new HashMap<>(provider());
        configuration.put("quarkus.oidc." + key, value);
        return configuration;
    }

    private static Map<String, String> provider() {
        return Map.of(
                "quarkus.oidc.tenant-enabled", "true",
                "quarkus.oidc.auth-server-url", "https://login.example.com",
                "quarkus.oidc.token.refresh-expired", "true",
                "quarkus.oidc.token.allow-opaque-token-introspection", "false",
                "quarkus.oidc.token.allow-jwt-introspection", "false");
    }

    private static void check(LaunchMode mode, Map<String, String> configuration) {
        var config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(configuration, "the test", 100))
                .build();
        new SecurityStartupCheck(config, mode).check(new StartupEvent());
    }
}
