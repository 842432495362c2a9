package dev.swarm.transport;

import java.net.InetAddress;
import java.util.Objects;

/**
 * Where multicast is spoken and heard. Immutable.
 *
 * @param group the group's address
 * @param port the group's UDP port; shared by every node of a machine
 * @param interfaceName the interface to join and to send on, as {@code eth0}
 */
public record MulticastConfig(InetAddress group, int port, String interfaceName) {

    /** Largest datagram sent or taken: fits an IPv6 minimum MTU of 1,280 bytes with its headers, so nothing is fragmented. */
    public static final int MAX_DATAGRAM_BYTES = 1_200;

    /** Checks the group. */
    public MulticastConfig {
        Objects.requireNonNull(interfaceName, "interfaceName");
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException(
                    "multicast group is " + group.getHostAddress() + ", not a multicast address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("multicast port is " + port + ", has to be 1 to 65535");
        }
    }
}
