package dev.swarm.examples.cli;

import dev.swarm.SwarmConfig;
import dev.swarm.examples.config.Quantity;
import dev.swarm.peer.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads what somebody gave, so that what is wrong with it is told with the name under which they gave it. Stateless. */
final class Given {

    private static final Pattern PERCENT = Pattern.compile("\\d{1,3}(\\.\\d{1,9})?");

    private Given() {}

    /**
     * Reads a value.
     *
     * @param name of the option or variable, as people write it
     * @param reading throws IllegalArgumentException with what is wrong and the remedy
     * @throws IllegalArgumentException with the name and the value as well
     */
    static <T> T read(String name, String value, Function<String, T> reading) {
        try {
            return reading.apply(value);
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            String told = problem.contains("'" + value + "'") ? name : name + " '" + value + "'";
            throw new IllegalArgumentException(told + ": " + problem, e);
        }
    }

    /** An address with a port, which may be 0. */
    static InetSocketAddress socketAddress(String name, String value) {
        return read(
                name,
                value,
                text -> text.endsWith(":0")
                        ? new InetSocketAddress(
                                PeerAddress.parse(text.substring(0, text.length() - 1) + "1")
                                        .ip(),
                                0)
                        : PeerAddress.parse(text).toSocketAddress());
    }

    /** An address in digits: a name here would be looked up once and be out of date from then on. */
    static InetAddress ip(String name, String value) {
        String bracketed = value.contains(":") ? "[" + value + "]" : value;
        try {
            return PeerAddress.parse(bracketed + ":1").ip();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + " is '" + value + "'; write an IP address, as 10.0.1.2 or 2001:db8::1", e);
        }
    }

    /** How often a node takes stock. */
    static Duration cycle(String name, String value) {
        Duration read = read(name, value, Quantity::duration);
        if (read.compareTo(SwarmConfig.LEAST_CYCLE) < 0 || read.compareTo(SwarmConfig.LONGEST_CYCLE) > 0) {
            throw new IllegalArgumentException(name + " is '" + value + "', has to be 10ms to 1d");
        }
        return read;
    }

    /** A percentage of a file system that stays free. */
    static double freePercent(String name, String value) {
        String text = value.strip();
        double read = PERCENT.matcher(text).matches() ? Double.parseDouble(text) : -1;
        if (read < 0 || read >= 100) {
            throw new IllegalArgumentException(
                    name + " is '" + value + "'; write a percentage from 0 to below 100, as 10");
        }
        return read;
    }
}
