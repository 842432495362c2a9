package dev.swarm.driver;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of this machine as of one moment. Immutable.
 *
 * @param name as {@code eth0}
 * @param index the system's number for it; another one means that it was removed and made anew
 * @param up whether it works
 * @param multicast whether it is able to carry multicast
 * @param loopback whether it leads back to this machine only
 * @param addresses its addresses, in the system's order
 */
record LocalInterface(
        String name, int index, boolean up, boolean multicast, boolean loopback, List<InetAddress> addresses) {

    /** Interfaces of containers, virtual machines and tunnels: an address of theirs means nothing to other machines. */
    private static final List<String> VIRTUAL_PREFIXES = List.of(
            "docker",
            "br-",
            "veth",
            "virbr",
            "vnet",
            "vmnet",
            "vboxnet",
            "lxc",
            "lxd",
            "podman",
            "cni",
            "cali",
            "cilium",
            "flannel",
            "tun",
            "tap",
            "utun",
            "ppp",
            "ipsec",
            "wg",
            "tailscale",
            "zt");

    LocalInterface {
        addresses = List.copyOf(addresses);
    }

    boolean isVirtual() {
        String lower = name.toLowerCase(Locale.ROOT);
        return VIRTUAL_PREFIXES.stream().anyMatch(lower::startsWith);
    }

    /** Whether it leads to other machines, as far as name and kind tell. */
    boolean leadsOutward() {
        return multicast && !loopback && !isVirtual();
    }

    /** Its first address of a group's family that others on the segment can reach, or null. */
    @Nullable
    InetAddress addressFor(InetAddress group) {
        return addresses.stream()
                .filter(address -> isSameFamily(address, group) && !address.isLinkLocalAddress())
                .findFirst()
                .orElse(null);
    }

    static boolean isSameFamily(InetAddress one, InetAddress other) {
        return one instanceof Inet4Address == other instanceof Inet4Address;
    }
}
