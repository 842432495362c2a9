package dev.swarm.examples.cli;

import dev.swarm.SystemAdapters;
import dev.swarm.examples.authority.FleetAuthority;
import dev.swarm.manifest.DenyList;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The fleet's certificate authority. */
@Command(
        name = "ca",
        description = "A certificate authority for trying out and for small fleets.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm ca init --dir ca --fleet blue")
final class CaCommand extends VerbGroup {

    CaCommand() {}

    /** Makes an authority. */
    @Command(
            name = "init",
            description = "Make a new authority.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm ca init --dir ca --fleet blue")
    int init(
            @Option(names = "--dir", required = true, paramLabel = "D", description = "Where to keep it.")
                    Path directory,
            @Option(names = "--fleet", defaultValue = "swarm", paramLabel = "NAME", description = "The fleet's name.")
                    String fleet)
            throws IOException {
        FleetAuthority.create(directory, fleet, SystemAdapters.wallClock(), SystemAdapters.randomness());
        out().println("authority of fleet " + fleet + " in " + directory);
        return 0;
    }

    /** Issues a certificate. */
    @Command(
            name = "issue",
            description = "Issue a node's certificate.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm ca issue --dir ca --host web-01 --ip 10.0.1.2 --out web-01")
    int issue(
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The authority.") Path directory,
            @Option(names = "--host", required = true, paramLabel = "NAME", description = "The node's host name.")
                    String host,
            @Option(names = "--ip", paramLabel = "A", description = "An address of the node, for curl and the like.")
                    List<String> addresses,
            @Option(names = "--role", paramLabel = "ROLE", description = "operator or coordinator.") List<Role> roles,
            @Option(names = "--out", required = true, paramLabel = "O", description = "Directory to write to.")
                    Path out)
            throws IOException {
        PeerId id = Given.read("--host", host, PeerId::new);
        List<InetAddress> ips =
                orEmpty(addresses).stream().map(text -> Given.ip("--ip", text)).toList();
        Set<Role> granted = EnumSet.noneOf(Role.class);
        granted.addAll(orEmpty(roles));
        FleetAuthority.open(directory, SystemAdapters.wallClock(), SystemAdapters.randomness())
                .issue(id, ips, granted, out);
        out().println("certificate of " + id + " in " + out);
        return 0;
    }

    /** Denies a host's certificates. */
    @Command(
            name = "revoke",
            description = "Deny every certificate of a host; nodes started with --deny-list F cut it within a second.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm ca revoke --dir ca --host web-03 --out deny-list.json")
    int revoke(
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The authority.") Path directory,
            @Option(names = "--host", required = true, paramLabel = "NAME", description = "The host to deny.")
                    String host,
            @Option(names = "--out", required = true, paramLabel = "F", description = "The signed list to write.")
                    Path out)
            throws IOException {
        DenyList list = FleetAuthority.open(directory, SystemAdapters.wallClock(), SystemAdapters.randomness())
                .deny(Given.read("--host", host, PeerId::new), out);
        out().println(list + " in " + out);
        return 0;
    }

    private static <T> List<T> orEmpty(@org.jspecify.annotations.Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
