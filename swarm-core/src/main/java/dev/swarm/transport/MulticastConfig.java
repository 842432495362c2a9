package dev.swarm.transport;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where multicast is spoken and heard. Immutable.
 *
 * @param group the group's address
 * @param port the group's UDP port; shared by every node of a machine
 * @param interfaceName the interface to join and to send on, as {@code eth0}
 * @param source the address of this machine that datagrams are sent from, or null for the one that the system picks
 */
public record MulticastConfig(
        InetAddress group,
        int port,
        String interfaceName,
        @Nullable InetAddress source) {

    /** Largest datagram sent or taken: fits an IPv6 minimum MTU of 1,280 bytes with its headers, so nothing is fragmented. */
    public static final int MAX_DATAGRAM_BYTES = 1_200;

    /** Checks the group and the port. */
    public MulticastConfig {
        Objects.requireNonNull(interfaceName, "interfaceName");
        checkGroup(group);
        checkPort(port);
    }

    /** With whatever source address the system picks. */
    public MulticastConfig(InetAddress group, int port, String interfaceName) {
        this(group, port, interfaceName, null);
    }

    /**
     * Checks that an address is a group's.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static void checkGroup(InetAddress group) {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("multicast group is " + group.getHostAddress()
                    + ", not a multicast address; write one as 224.0.0.42 or ff02::42");
        }
    }

    /**
     * Checks a port.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("multicast port is " + port + ", has to be 1 to 65535");
        }
    }
}
