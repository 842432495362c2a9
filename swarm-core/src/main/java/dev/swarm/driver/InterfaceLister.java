package dev.swarm.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** Looks at the network interfaces of the machine. */
@FunctionalInterface
interface InterfaceLister {

    /** The interfaces as they are now. May block for a moment. */
    List<LocalInterface> list() throws IOException;

    /** The interfaces of this machine. System calls for the most part: some 30 microseconds each, so a look a cycle costs nothing. */
    static List<LocalInterface> ofThisMachine() throws IOException {
        List<LocalInterface> found = new ArrayList<>();
        for (NetworkInterface each : all()) {
            found.addAll(readUnlessGone(each));
        }
        return found;
    }

    private static List<LocalInterface> readUnlessGone(NetworkInterface of) throws IOException {
        try {
            return List.of(read(of));
        } catch (SocketException e) {
            // It vanished between two system calls.
            return List.of();
        }
    }

    /** The JDK takes a machine without any interface for a failure. */
    private static List<NetworkInterface> all() throws IOException {
        Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
        return all == null ? List.of() : Collections.list(all);
    }

    private static LocalInterface read(NetworkInterface of) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (InetAddress address : of.inetAddresses().toList()) {
            // The JDK attaches the interface's name to every IPv6 address; only link-local ones mean anything by it.
            addresses.add(address.isLinkLocalAddress() ? address : InetAddress.getByAddress(address.getAddress()));
        }
        return new LocalInterface(
                of.getName(), of.getIndex(), of.isUp(), of.supportsMulticast(), of.isLoopback(), addresses);
    }
}
