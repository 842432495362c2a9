package dev.swarm.examples.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names by which the admin port may be called. A page from elsewhere whose own name was pointed at this address (DNS rebinding)
 * calls it by that name and is turned away. Immutable.
 */
final class HostNames {

    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

    private final Set<String> names = new TreeSet<>();

    /**
     * Loopback names, the address, and what is given.
     *
     * @param bound where the port listens; a wildcard stands for no address, so that names have to be given
     */
    HostNames(InetSocketAddress bound, Collection<String> given) {
        names.addAll(List.of("localhost", "127.0.0.1", "[::1]"));
        InetAddress ip = bound.getAddress();
        if (!ip.isAnyLocalAddress()) {
            names.add(literal(ip));
        }
        given.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether a request with these {@code Host} fields is for this port. */
    boolean allow(@Nullable List<String> fields) {
        return fields != null
                && fields.size() == 1
                && names.contains(PORT.matcher(fields.get(0)).replaceFirst("").toLowerCase(Locale.ROOT));
    }

    /** An address as it stands in a URL. */
    static String literal(InetAddress ip) {
        String text = ip.getHostAddress();
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        return ip instanceof Inet6Address ? "[" + bare + "]" : bare;
    }

    @Override
    public String toString() {
        return String.join(", ", names);
    }
}
