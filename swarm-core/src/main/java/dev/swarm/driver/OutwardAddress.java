package dev.swarm.driver;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the address that other machines can reach this one at. */
final class OutwardAddress {

    /** Interfaces of containers, virtual machines and tunnels: an address of theirs means nothing to other machines. */
    private static final List<String> VIRTUAL_PREFIXES =
            List.of("docker", "br-", "veth", "virbr", "tun", "tap", "wg", "tailscale", "cni", "flannel", "lo");

    private OutwardAddress() {}

    /**
     * The address to tell others.
     *
     * @param listen the address that is listened on; taken as it is unless it stands for all
     * @param preferredInterface an interface whose address comes first, or null
     */
    static InetAddress find(InetAddress listen, @Nullable String preferredInterface) {
        if (!listen.isAnyLocalAddress()) {
            return listen;
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(candidate -> isReal(candidate, preferredInterface))
                    .sorted(Comparator.<NetworkInterface>comparingInt(
                                    candidate -> candidate.getName().equals(preferredInterface) ? 0 : 1)
                            .thenComparingInt(NetworkInterface::getIndex))
                    .flatMap(OutwardAddress::addresses)
                    .findFirst()
                    .orElse(InetAddress.getLoopbackAddress());
        } catch (SocketException e) {
            return InetAddress.getLoopbackAddress();
        }
    }

    static boolean isVirtual(String interfaceName) {
        String name = interfaceName.toLowerCase(Locale.ROOT);
        return VIRTUAL_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static boolean isReal(NetworkInterface candidate, @Nullable String preferredInterface) {
        try {
            return candidate.isUp()
                    && (candidate.getName().equals(preferredInterface) || !isVirtual(candidate.getName()));
        } catch (SocketException e) {
            return false;
        }
    }

    private static Stream<InetAddress> addresses(NetworkInterface candidate) {
        return candidate
                .inetAddresses()
                .filter(address -> !address.isLinkLocalAddress())
                .sorted(Comparator.comparingInt(address -> address instanceof Inet4Address ? 0 : 1));
    }
}
