package dev.swarm.peer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens: an IPv4 or IPv6 address and a TCP port. Immutable.
 *
 * <p>Host names are not taken: nothing that a peer says makes this node ask a name server.
 *
 * @param ip the address
 * @param port 1 to 65535
 */
public record PeerAddress(InetAddress ip, int port) implements Comparable<PeerAddress> {

    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[0-9A-Za-z._-]{1,32})?");

    /** Checks the port. */
    public PeerAddress {
        Objects.requireNonNull(ip, "ip");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ", has to be 1 to 65535");
        }
    }

    /** The address of a socket that is bound or connected. */
    public static PeerAddress of(InetSocketAddress socket) {
        return new PeerAddress(socket.getAddress(), socket.getPort());
    }

    /**
     * Reads {@code 10.0.1.2:1531} or {@code [2001:db8::1]:1531}.
     *
     * @throws IllegalArgumentException if {@code text} is not of that form
     */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        InetAddress ip = bracketed ? parseIpv6(literal) : parseIpv4(literal);
        if (ip == null) {
            throw malformed(text);
        }
        return new PeerAddress(ip, parsePort(text, colon + 1));
    }

    private static @Nullable InetAddress parseIpv4(String literal) {
        String[] octets = literal.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (octets.length != bytes.length) {
            return null;
        }
        for (int i = 0; i < bytes.length; i++) {
            int value = OCTET.matcher(octets[i]).matches() ? Integer.parseInt(octets[i]) : 256;
            if (value > 255) {
                return null;
            }
            bytes[i] = (byte) value;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable InetAddress parseIpv6(String literal) {
        if (!IPV6.matcher(literal).matches()) {
            return null;
        }
        try {
            // What is in brackets is never looked up, whatever it is.
            return InetAddress.getByName("[" + literal + "]");
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** This address as the socket API takes it. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(ip, port);
    }

    @Override
    public int compareTo(PeerAddress other) {
        int byIp = java.util.Arrays.compareUnsigned(ip.getAddress(), other.ip.getAddress());
        return byIp != 0 ? byIp : Integer.compare(port, other.port);
    }

    /** Written out, as the equality of a record is slower and every leaf looks addresses up. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof PeerAddress address && port == address.port && ip.equals(address.ip));
    }

    @Override
    public int hashCode() {
        return 31 * ip.hashCode() + port;
    }

    @Override
    public String toString() {
        return ip instanceof Inet6Address ? "[" + ip.getHostAddress() + "]:" + port : ip.getHostAddress() + ":" + port;
    }

    private static int parsePort(String text, int from) {
        String digits = text.substring(from);
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException malformed(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return new IllegalArgumentException(
                "address has to be IP:PORT, as 10.0.1.2:1531 or [2001:db8::1]:1531, not '" + shown + "'");
    }
}
