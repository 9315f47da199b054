package dev.errand.service.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/**
 * A minimal OpenID Connect provider with discovery, keys, the code flow and bearer tokens. Everybody who logs in by the code flow
 * is {@code paula}. Bearer tokens are for any user that a test wants. Introspection calls every token active.
 */
final class OpenIdProvider implements AutoCloseable {

    private final HttpServer server;
    private final RsaJsonWebKey key;

    /** The nonces that tokens have to repeat, by code. */
    private final Map<String, String> codes = new ConcurrentHashMap<>();

    private final List<String> roles;
    private final List<String> issued = new CopyOnWriteArrayList<>();

    /** @param roles of whoever logs in by the code flow */
    OpenIdProvider(List<String> roles) throws IOException, JoseException {
        this.roles = roles;
        this.key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("of-the-test");
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
                 "jwks_uri":"%1$s/keys","introspection_endpoint":"%1$s/introspect","end_session_endpoint":"%1$s/end","response_types_supported":["code"],
                 "subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}""".formatted(url())));
        server.createContext("/keys", exchange -> answer(exchange, new JsonWebKeySet(key).toJson()));
        server.createContext("/introspect", exchange -> answer(exchange, """
                {"active":true,"username":"rob","groups":["operator"],"scope":"operator"}"""));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All tokens that were issued by the code flow. */
    List<String> issued() {
        return List.copyOf(issued);
    }

    /** A valid token for Errand. */
    String bearer(String user, List<String> userRoles) {
        return bearer(user, userRoles, List.of("errand"));
    }

    /** A valid token for this audience, which may be empty. */
    String bearer(String user, List<String> userRoles, List<String> audience) {
        return signed(user, userRoles, audience, null, key);
    }

    /** A token that another key has signed. */
    String forged(String user, List<String> userRoles) throws JoseException {
        var other = RsaJwkGenerator.generateJwk(2048);
        other.setKeyId(key.getKeyId());
        return signed(user, userRoles, List.of("errand"), null, other);
    }

    private void authorize(HttpExchange exchange) throws IOException {
        var asked = parameters(exchange.getRequestURI().getRawQuery());
        var code = UUID.randomUUID().toString();
        codes.put(code, asked.getOrDefault("nonce", ""));
        exchange.getResponseHeaders()
                .add(
                        "Location",
                        asked.get("redirect_uri") + "?code=" + code + "&state="
                                + URLEncoder.encode(asked.get("state"), UTF_8));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        var asked = parameters(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        var nonce = codes.remove(asked.getOrDefault("code", ""));
        if (nonce == null) {
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
            return;
        }
        var token = signed("paula", roles, List.of("errand"), nonce, key);
        issued.add(token);
        answer(exchange, """
                {"access_token":"%1$s","id_token":"%1$s","token_type":"Bearer","expires_in":300}""".formatted(token));
    }

    private String signed(String user, List<String> userRoles, List<String> audience, String nonce, RsaJsonWebKey by) {
        var claims = new JwtClaims();
        claims.setIssuer(url());
        if (!audience.isEmpty()) {
            claims.setAudience(audience);
        }
        claims.setSubject(user);
        claims.setClaim("preferred_username", user);
        claims.setStringListClaim("groups", userRoles);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(5);
        if (nonce != null && !nonce.isEmpty()) {
            claims.setClaim("nonce", nonce);
        }
        var signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(by.getPrivateKey());
        signature.setKeyIdHeaderValue(by.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> parameters(String text) {
        return Arrays.stream(text.split("&"))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> URLDecoder.decode(each[1], UTF_8)));
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        var bytes = json.getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (var body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
