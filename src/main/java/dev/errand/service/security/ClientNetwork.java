package dev.errand.service.security;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The network that a request comes from, in the size that one attacker may control: an IPv4 address, or an IPv6 /64, in
 * which every request may have an address of its own.
 */
final class ClientNetwork {

    /**
     * Everything that is not an address counts as one network, so that nobody gets a new count by sending something
     * else.
     */
    private static final String UNKNOWN = "unknown";

    private static final int MAPPED_PREFIX = 12;

    private ClientNetwork() {}

    static String of(@Nullable SocketAddress address) {
        if (address == null) {
            return UNKNOWN;
        }
        return of(address.hostAddress() != null ? address.hostAddress() : address.host());
    }

    /** @param address a numeric address; host names are not resolved and count as unknown */
    static String of(@Nullable String address) {
        var bytes = address == null
                ? null
                : NetUtil.createByteArrayFromIpAddressString(
                        address.startsWith("[") && address.endsWith("]")
                                ? address.substring(1, address.length() - 1)
                                : address);
        if (bytes == null) {
            return UNKNOWN;
        }
        if (bytes.length == 4) {
            return dotted(bytes, 0);
        }
        if (isMapped(bytes)) {
            return dotted(bytes, MAPPED_PREFIX);
        }
        return prefix(bytes);
    }

    /** Whether it is an IPv4-mapped IPv6 address, as dual-stack sockets report it. */
    private static boolean isMapped(byte[] bytes) {
        for (var i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    private static String dotted(byte[] bytes, int from) {
        return (bytes[from] & 0xff) + "." + (bytes[from + 1] & 0xff) + "." + (bytes[from + 2] & 0xff) + "."
                + (bytes[from + 3] & 0xff);
    }

    private static String prefix(byte[] bytes) {
        var name = new StringBuilder();
        for (var i = 0; i < 8; i += 2) {
            name.append(HexFormat.of().formatHex(bytes, i, i + 2)).append(':');
        }
        return name.append(":/64").toString();
    }
}
