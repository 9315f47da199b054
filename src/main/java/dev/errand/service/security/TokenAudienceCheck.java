package dev.errand.service.security;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * Whether an OpenID Connect provider's tokens have to be made for Errand. Quarkus checks the audience of access tokens only
 * where one is configured: without, whoever gets a token of the same provider for any other service could come in with it. It
 * never checks the audience of tokens that the provider is asked about (introspection).
 */
final class TokenAudienceCheck {

    /** Takes tokens that were made for others; for providers that name no audience. */
    static final String ANY = "errand.oidc.any-audience";

    private static final String OIDC = "quarkus.oidc.";

    /** By one of these keys Quarkus knows that there is a tenant; the name of one may have dots where it is quoted. */
    private static final Pattern OF_NAMED_TENANT = Pattern.compile(
            Pattern.quote(OIDC)
                    + "(\"[^\"]+\"|[^\".]+)\\.(auth-server-url|provider|public-key|client-id|jwks-path|tenant-id|tenant-enabled)");

    private final Config config;

    TokenAudienceCheck(Config config) {
        this.config = config;
    }

    /**
     * Refuses what would let in tokens that are not for Errand.
     *
     * @throws IllegalStateException if a provider is on without an audience, and that is not said to be wanted
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
                            + " service. Say in " + audience + " what tokens for Errand have in their claim aud (mostly"
                            + " the client's id, which the provider has to put into access tokens too)");
        }
        // application.properties switches both off for the default tenant, and for no other.
        var unlessSaid = !tenant.equals(OIDC);
        refuse(tenant + "token.allow-opaque-token-introspection", unlessSaid);
        refuse(tenant + "token.allow-jwt-introspection", unlessSaid);
        refuse(tenant + "token.require-jwt-introspection-only", false);
    }

    private void refuse(String introspection, boolean unlessSaid) {
        if (isTrue(introspection, unlessSaid)) {
            throw refusal(
                    "The audience of tokens that the OpenID Connect provider is asked about is not checked, so that"
                            + " tokens made for another service would open API and console. Set " + introspection
                            + "=false");
        }
    }

    private static IllegalStateException refusal(String what) {
        return new IllegalStateException(what + ", or " + ANY + "=true to take them");
    }

    /** What their keys begin with. */
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
