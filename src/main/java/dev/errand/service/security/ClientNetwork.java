package dev.errand.service.security;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from, as far as one attacker is at home there: an IPv4 address, or a /64 of IPv6, in which every
 * request may have an address of its own.
 */
final class ClientNetwork {

    /** What is no address: all of it counts as one, so that nobody gets a new one by sending something else. */
    private static final String UNKNOWN = "unknown";

    private static final int MAPPED_PREFIX = 12;

    private ClientNetwork() {}

    static String of(@Nullable SocketAddress address) {
        if (address == null) {
            return UNKNOWN;
        }
        return of(address.hostAddress() != null ? address.hostAddress() : address.host());
    }

    /** @param address without a name to look up: what is not written in numbers is unknown */
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

    /** An IPv4 address in IPv6's form, as a socket for both has it. */
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
