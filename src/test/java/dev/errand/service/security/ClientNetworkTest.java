package dev.errand.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientNetworkTest {

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.7",
        "::ffff:203.0.113.7, 203.0.113.7",
        "::ffff:cb00:7107, 203.0.113.7",
        "2001:db8:1:2:3:4:5:6, 2001:0db8:0001:0002::/64",
        "2001:DB8:1:2::, 2001:0db8:0001:0002::/64",
        "[2001:db8:1:2::9], 2001:0db8:0001:0002::/64",
        "::1, 0000:0000:0000:0000::/64"
    })
    void shouldNameWhereSomebodyIsAtHome(String address, String network) {
        assertThat(ClientNetwork.of(address)).isEqualTo(network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "unknown", "_hidden", "localhost", "203.0.113", "203.0.113.7, 10.0.0.1", "2001:db8::1::2"})
    void shouldTakeAllThatIsNoAddressForOne(String address) {
        assertThat(ClientNetwork.of(address)).isEqualTo("unknown");
    }

    @Test
    void shouldKnowASocketsAddress() {
        assertThat(ClientNetwork.of(SocketAddress.inetSocketAddress(4711, "203.0.113.7")))
                .isEqualTo("203.0.113.7");
        assertThat(ClientNetwork.of(SocketAddress.domainSocketAddress("/tmp/socket")))
                .isEqualTo("unknown");
        assertThat(ClientNetwork.of((SocketAddress) null)).isEqualTo("unknown");
    }
}
