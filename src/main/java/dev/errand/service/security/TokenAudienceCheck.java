package dev.errand.service.security;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * Checks that only those tokens of an OpenID Connect provider are accepted that were made for Errand. Quarkus checks
 * the audience of access tokens only if one is configured: without it, a token of the same provider for any other
 * service would be accepted. Quarkus never checks the audience of tokens that it has the provider verify
 * (introspection).
 */
final class TokenAudienceCheck {

    /** Accepts tokens for any audience; for providers that set none. */
    static final String ANY = "errand.oidc.any-audience";

    private static final String OIDC = "quarkus.oidc.";

    /** Quarkus recognises a named tenant by one of these keys. The name may contain dots if it is quoted. */
    private static final Pattern OF_NAMED_TENANT = Pattern.compile(
            Pattern.quote(OIDC)
                    + "(\"[^\"]+\"|[^\".]+)\\.(auth-server-url|provider|public-key|client-id|jwks-path|tenant-id|tenant-enabled)");

    private final Config config;

    TokenAudienceCheck(Config config) {
        this.config = config;
    }

    /**
     * Refuses a configuration that accepts tokens made for other services.
     *
     * @throws IllegalStateException if a provider is enabled without an audience or with introspection, and {@value
     *     #ANY} is not set
     */
    void check() {
        if (isTrue(ANY, false)) {
            return;
        }
        if (isTrue(OIDC + "tenant-enabled", false)) {
            check(OIDC);
        }
        for (var tenant : namedTenants()) {
            if (isTrue(tenant + "tenant-enabled", true)) {
                check(tenant);
            }
        }
    }

    private void check(String tenant) {
        var audience = tenant + "token.audience";
        var accepted = config.getOptionalValues(audience, String.class).orElse(List.of());
        if (accepted.stream().allMatch(each -> each.isBlank() || each.strip().equals("any"))) {
            throw refusal(
                    "Any token of the OpenID Connect provider would open API and console, also one made for another"
                            + " service. Set " + audience
                            + " to the claim aud of tokens for Errand (usually the client's"
                            + " id, which the provider has to put into access tokens too)");
        }
        // application.properties switches both off for the default tenant only.
        var unlessSaid = !tenant.equals(OIDC);
        refuse(tenant + "token.allow-opaque-token-introspection", unlessSaid);
        refuse(tenant + "token.allow-jwt-introspection", unlessSaid);
        refuse(tenant + "token.require-jwt-introspection-only", false);
    }

    private void refuse(String introspection, boolean unlessSaid) {
        if (isTrue(introspection, unlessSaid)) {
            throw refusal(
                    "The audience of tokens that the OpenID Connect provider verifies (introspection) is not checked, so"
                            + " tokens made for another service would open API and console. Set " + introspection
                            + "=false");
        }
    }

    private static IllegalStateException refusal(String what) {
        return new IllegalStateException(what + ", or " + ANY + "=true to accept them");
    }

    /** The prefixes of their keys. */
    private Iterable<String> namedTenants() {
        var prefixes = new TreeSet<String>();
        StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .map(OF_NAMED_TENANT::matcher)
                .filter(Matcher::matches)
                .forEach(found -> prefixes.add(OIDC + found.group(1) + "."));
        return prefixes;
    }

    private boolean isTrue(String key, boolean otherwise) {
        return config.getOptionalValue(key, Boolean.class).orElse(otherwise);
    }
}
