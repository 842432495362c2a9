package dev.swarm;

import dev.swarm.transport.MulticastConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;

/**
 * Whether, where and on which group a node looks for others by multicast. Immutable.
 *
 * <p>Without multicast nodes find each other through the peers they are told of and those that these name.
 */
public final class MulticastOptions {

    /** Multicast group of discovery: of the local network only, no router forwards it. */
    public static final String DEFAULT_GROUP = "224.0.0.42";

    /** UDP port of discovery. */
    public static final int DEFAULT_PORT = 1531;

    private final boolean off;
    private final List<String> interfaces;
    private final InetAddress group;
    private final int port;

    private MulticastOptions(boolean off, List<String> interfaces, InetAddress group, int port) {
        this.off = off;
        this.interfaces = interfaces;
        this.group = group;
        this.port = port;
    }

    /** No multicast. */
    public static MulticastOptions off() {
        return new MulticastOptions(true, List.of(), defaultGroup(), DEFAULT_PORT);
    }

    /**
     * Multicast on every interface that leads to other machines: up, able to, and neither loopback nor one of containers, virtual
     * machines or tunnels. A node that listens on one address uses the interface that has it, whatever its kind. Interfaces that
     * come, go or change their address while the node runs are followed.
     */
    public static MulticastOptions automatic() {
        return new MulticastOptions(false, List.of(), defaultGroup(), DEFAULT_PORT);
    }

    /**
     * Multicast on these interfaces, whatever their kind, whenever they are up.
     *
     * @param interfaces names as the operating system has them, at least one
     */
    public static MulticastOptions on(List<String> interfaces) {
        List<String> named = Copies.of(interfaces, "interfaces");
        if (named.isEmpty()) {
            throw new IllegalArgumentException("no multicast interface is named; use automatic() or off()");
        }
        return new MulticastOptions(false, named, defaultGroup(), DEFAULT_PORT);
    }

    /** The same on another group. An IPv6 group needs interfaces with a global or unique local IPv6 address. */
    public MulticastOptions withGroup(InetAddress value) {
        MulticastConfig.checkGroup(Objects.requireNonNull(value, "group"));
        return new MulticastOptions(off, interfaces, value, port);
    }

    /** The same on another port. Nodes that are to find each other use one group and one port. */
    public MulticastOptions withPort(int value) {
        MulticastConfig.checkPort(value);
        return new MulticastOptions(off, interfaces, group, value);
    }

    /** Whether there is no multicast at all. */
    public boolean isOff() {
        return off;
    }

    /** The interfaces that are named; empty if the node chooses. */
    public List<String> interfaces() {
        return interfaces;
    }

    /** The group. */
    public InetAddress group() {
        return group;
    }

    /** The group's UDP port. */
    public int port() {
        return port;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MulticastOptions that
                && off == that.off
                && port == that.port
                && interfaces.equals(that.interfaces)
                && group.equals(that.group);
    }

    @Override
    public int hashCode() {
        return Objects.hash(off, interfaces, group, port);
    }

    @Override
    public String toString() {
        String where = interfaces.isEmpty() ? "every interface" : String.join(", ", interfaces);
        return off ? "no multicast" : group.getHostAddress() + " port " + port + " on " + where;
    }

    private static InetAddress defaultGroup() {
        try {
            return InetAddress.getByName(DEFAULT_GROUP);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address in digits needs no name server", e);
        }
    }
}
