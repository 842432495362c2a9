package dev.swarm.peer;

import java.net.InetAddress;

/**
 * Which addresses that others name this node may connect to. Immutable.
 *
 * <p>A name from outside must not make this node knock on doors of the sender's choosing: never on multicast, wildcard or
 * link-local addresses (where clouds keep their metadata services), on loopback only for a node that itself listens there, and
 * never on a privileged port.
 */
public final class DialPolicy {

    private static final int FIRST_UNPRIVILEGED_PORT = 1_024;

    private final boolean loopback;

    private DialPolicy(boolean loopback) {
        this.loopback = loopback;
    }

    /** The policy of a node that tells others to find it at {@code own}. */
    public static DialPolicy forNodeAt(PeerAddress own) {
        return of(own.ip().isLoopbackAddress());
    }

    /** The policy of a node; {@code onLoopback} if it is where loopback addresses lead to other nodes. */
    public static DialPolicy of(boolean onLoopback) {
        return new DialPolicy(onLoopback);
    }

    /** Whether an address that a proven member named may be dialled. */
    public boolean mayDial(PeerAddress address) {
        InetAddress ip = address.ip();
        boolean special = ip.isMulticastAddress() || ip.isAnyLocalAddress() || ip.isLinkLocalAddress();
        return !special && address.port() >= FIRST_UNPRIVILEGED_PORT && (loopback || !ip.isLoopbackAddress());
    }

    /**
     * Whether an address that a datagram named may be dialled: nothing vouches for its sender, so it may only name itself.
     *
     * @param sender the address that the datagram came from
     */
    public boolean mayDial(PeerAddress sender, PeerAddress address) {
        return sender.ip().equals(address.ip()) && mayDial(address);
    }
}
