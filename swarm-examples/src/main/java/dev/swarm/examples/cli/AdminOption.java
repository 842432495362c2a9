package dev.swarm.examples.cli;

import dev.swarm.SwarmNode;
import dev.swarm.examples.admin.AdminServer;
import dev.swarm.examples.doctor.NodeReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and where a node shows itself to browsers. */
final class AdminOption {

    /** As in a URL: a name or an address, that of IPv6 in brackets. */
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\d._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");

    private static final Pattern PORT = Pattern.compile(":?(\\d{1,5})");

    @Option(
            names = "--admin",
            paramLabel = "IP:PORT",
            description = "Web page, JSON and metrics over plain HTTP; a port alone is one of loopback. Default: off.")
    private @Nullable String address;

    @Option(
            names = "--admin-name",
            paramLabel = "NAME",
            description = "A host name by which browsers call the admin port, as that of a proxy; may be repeated.")
    private List<String> names = new ArrayList<>();

    AdminOption() {}

    /**
     * Reads what was given.
     *
     * @throws IllegalArgumentException if an option cannot be used, or is of no use
     */
    void requireUsable() {
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "--admin-name is '" + name + "'; write a host name without port, as swarm.example");
            }
        }
        if (address != null) {
            InetSocketAddress unused = parse(address);
        } else if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    "--admin-name '" + names.get(0) + "' names a port that is off; add --admin IP:PORT");
        }
    }

    /** Opens the port if it was asked for. */
    @Nullable
    AdminServer open(SwarmNode node, NodeReport.Settings settings) throws IOException {
        String asked = address;
        return asked == null ? null : AdminServer.start(node, settings, parse(asked), names);
    }

    /**
     * Reads {@code 127.0.0.1:8080}, {@code 8080} or {@code :8080}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static InetSocketAddress parse(String text) {
        var alone = PORT.matcher(text);
        return alone.matches()
                ? Given.read(
                        "--admin",
                        alone.group(1),
                        port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)))
                : Given.socketAddress("--admin", text);
    }
}
