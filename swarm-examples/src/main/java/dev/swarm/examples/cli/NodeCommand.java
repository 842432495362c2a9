package dev.swarm.examples.cli;

import dev.swarm.Bandwidth;
import dev.swarm.MulticastOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.admin.AdminServer;
import dev.swarm.examples.config.NodeFile;
import dev.swarm.examples.config.Quantity;
import dev.swarm.examples.control.ControlServer;
import dev.swarm.examples.control.ControlVerb;
import dev.swarm.examples.control.UnixSockets;
import dev.swarm.examples.doctor.NodeReport;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PemCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
@Command(
        name = "node",
        description = "Run a node until SIGTERM.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = "Example: swarm node --data /var/lib/swarm --host web-01 --listen 10.0.1.2:1531"
                + " --cert node.crt --key node.key --ca ca.crt")
final class NodeCommand implements Callable<Integer> {

    private static final String NO_MULTICAST = "none";

    @Option(names = "--data", required = true, paramLabel = "D", description = "The node's directory.")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(names = "--host", required = true, paramLabel = "NAME", description = "The node's host name.")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(
            names = "--listen",
            paramLabel = "IP:PORT",
            description = "Where to listen. Default: every address, on the port of the configuration file or 1531.")
    private @Nullable String listen;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "YAML file with gates and settings under 'swarm:'; flags win. Changes count from the next cycle,"
                            + " or SIGHUP, on.")
    private @Nullable Path configFile;

    @Option(names = "--cert", required = true, paramLabel = "C", description = "Its certificate (PEM).")
    @SuppressWarnings("NullAway.Init")
    private Path certificate;

    @Option(names = "--key", required = true, paramLabel = "K", description = "Its private key (PEM, PKCS#8).")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(names = "--ca", required = true, paramLabel = "A", description = "The fleet authority's certificate (PEM).")
    @SuppressWarnings("NullAway.Init")
    private Path authority;

    @Option(
            names = "--interface",
            paramLabel = "IF",
            description = "Multicast interface; may be repeated; none turns multicast off. Default: the one of the"
                    + " listening address, or every one that leads to other machines.")
    private List<String> interfaces = new ArrayList<>();

    @Option(
            names = "--multicast-group",
            paramLabel = "IP",
            description = "Multicast group of discovery. Default: " + MulticastOptions.DEFAULT_GROUP + ".")
    private String multicastGroup = MulticastOptions.DEFAULT_GROUP;

    @Option(names = "--multicast-port", paramLabel = "PORT", description = "UDP port of discovery. Default: 1531.")
    private int multicastPort = MulticastOptions.DEFAULT_PORT;

    @Option(
            names = "--announce-address",
            paramLabel = "IP",
            description = "The address to tell others. Default: on each interface, the interface's.")
    private @Nullable String announceAddress;

    @Option(names = "--peer", paramLabel = "H:P", description = "A known peer; may be repeated.")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--coordinator",
            paramLabel = "H:P",
            description = "Whom to check in with each cycle; may be repeated, and may be this node.")
    private List<String> coordinators = new ArrayList<>();

    @Option(
            names = "--coordinate",
            description = "Take check-ins of others; needs a certificate with the coordinator role.")
    private boolean coordinate;

    @Option(names = "--trait", paramLabel = "K=V", description = "What targets may ask of this node; may be repeated.")
    private Map<String, String> traits = new LinkedHashMap<>();

    @Option(names = "--cycle", paramLabel = "TIME", description = "How often the node takes stock. Default: 5s.")
    private String cycle = "5s";

    @Option(
            names = "--max-bandwidth",
            paramLabel = "SHARE|RATE",
            description = "What downloads may take: a share of the line, as 50%%, a rate, as 200Mbit or 10MiB/s, or"
                    + " unlimited. Default: the configuration file's, else 50%%.")
    private @Nullable String maxBandwidth;

    @Option(
            names = "--no-warm-up",
            description =
                    "Do not spend two or three seconds of processor time after the start on making first transfers fast.")
    private boolean noWarmUp;

    @Option(
            names = "--deny-list",
            paramLabel = "F",
            description = "File in which signed deny lists come; looked at twice a second.")
    private @Nullable Path denyList;

    @Option(
            names = "--min-free-pct",
            paramLabel = "PCT",
            description = "Percentage of a file system that stays free. Default: $SWARM_MIN_FREE_PCT, else 10.")
    private @Nullable String minFreePercent;

    @Option(
            names = "--user",
            paramLabel = "NAME=HOME",
            description =
                    "A user of this machine whom plugins may act for, with their home; may be repeated. Default: those of"
                            + " the configuration file, else the person who runs the node.")
    private Map<String, Path> users = new LinkedHashMap<>();

    @Mixin
    private AdminOption adminOption = new AdminOption();

    private @Nullable NodeUsers nodeUsers;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    NodeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireUsable();
        GatedNode node = new GatedNode(host(), this::config, this::attach, maxBandwidth == null);
        Path file = configFile;
        ConfigWatch watch = file == null ? null : new ConfigWatch(file, changed -> use(node, changed));
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stop = new Thread(
                () -> {
                    if (watch != null) {
                        watch.close();
                    }
                    node.close();
                    stopped.countDown();
                },
                "swarm-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        boolean started = false;
        try {
            if (watch == null) {
                node.start();
            } else {
                watch.start(Given.cycle("--cycle", cycle));
            }
            started = true;
        } finally {
            if (!started) {
                Runtime.getRuntime().removeShutdownHook(stop);
            }
        }
        stopped.await();
        return 0;
    }

    /**
     * Reads every option before anything starts. A node that the configuration does not let in yet starts much later, when nobody
     * looks; its credentials may come until then.
     */
    private void requireUsable() throws IOException {
        PeerId unusedHost = host();
        InetSocketAddress unusedAddress = address(null);
        MulticastOptions unusedMulticast = multicast();
        List<PeerAddress> unusedPeers = addresses("--peer", peers);
        List<PeerAddress> unusedCoordinators = addresses("--coordinator", coordinators);
        NodeReport.Settings unusedSettings = settings();
        Bandwidth unusedBandwidth = bandwidth(null);
        InetAddress unusedAnnounced = announced(null);
        NodeUsers unusedUsers = policy();
        adminOption.requireUsable();
        ControlServer.requireUsable(controlSocket());
    }

    private Path controlSocket() {
        return data.resolve("control.sock");
    }

    private void use(GatedNode node, NodeFile file) throws IOException {
        policy().follow(file);
        node.use(file);
    }

    private NodeUsers policy() {
        NodeUsers known = nodeUsers;
        if (known == null) {
            known = new NodeUsers(users);
            nodeUsers = known;
        }
        return known;
    }

    /** Starts what goes with the node and says that it serves. */
    private AutoCloseable attach(SwarmNode node) throws IOException {
        Map<String, ControlVerb> verbs = new LinkedHashMap<>(NodeVerbs.of(node));
        verbs.put("health", (request, caller) -> NodeReport.of(node, settings()));
        SessionSockets sessions = new SessionSockets(node, policy());
        UnixSockets sockets = UnixSockets.open(sessions::look);
        try {
            ControlServer control = new ControlServer(sockets, controlSocket(), verbs);
            AdminServer admin = adminOption.open(node, settings());
            sessions.await();
            String shown = admin == null ? "" : " admin=" + admin.url();
            spec.commandLine()
                    .getOut()
                    .println("ready host=" + node.id() + " listen=" + node.address() + " data=" + data + shown);
            return () -> {
                if (admin != null) {
                    admin.close();
                }
                sessions.close();
                control.close();
                sockets.close();
            };
        } catch (IOException | RuntimeException e) {
            sessions.close();
            sockets.close();
            throw e;
        }
    }

    private NodeReport.Settings settings() {
        return new NodeReport.Settings(
                certificate,
                key,
                authority,
                configFile,
                !interfaces.contains(NO_MULTICAST),
                Given.cycle("--cycle", cycle),
                minFree(minFreePercent));
    }

    private SwarmConfig config(@Nullable NodeFile file) {
        NodeCredentials credentials = PemCredentials.load(certificate, key, authority);
        SwarmConfig.Builder builder = SwarmConfig.builder(data, credentials)
                .listen(address(file))
                .multicast(multicast())
                .peers(addresses("--peer", peers))
                .coordinators(addresses("--coordinator", coordinators))
                .coordinate(coordinate)
                .traits(traits)
                .cycle(Given.cycle("--cycle", cycle))
                .maxBandwidth(bandwidth(file))
                .warmUp(!noWarmUp)
                .minFreePercent(minFree(minFreePercent))
                .users(policy());
        InetAddress announced = announced(file);
        if (announced != null) {
            builder.announceAddress(announced);
        }
        if (file != null) {
            builder.gates(file.gates()).seeding(file.seeding());
        }
        if (denyList != null) {
            builder.denyList(denyList);
        }
        HostCheck.require(host, credentials.certificate());
        return builder.build();
    }

    private InetSocketAddress address(@Nullable NodeFile file) {
        String given = listen;
        if (given != null) {
            return Given.socketAddress("--listen", given);
        }
        return new InetSocketAddress(file == null ? SwarmConfig.DEFAULT_PORT : file.port());
    }

    private Bandwidth bandwidth(@Nullable NodeFile file) {
        String given = maxBandwidth;
        if (given != null) {
            return Given.read("--max-bandwidth", given, Quantity::bandwidth);
        }
        return file == null ? Bandwidth.percent(SwarmConfig.DEFAULT_MAX_BANDWIDTH_PERCENT) : GatedNode.bandwidth(file);
    }

    private @Nullable InetAddress announced(@Nullable NodeFile file) {
        String given = announceAddress;
        if (given != null) {
            return Given.ip("--announce-address", given);
        }
        return file == null ? null : file.announceAddress();
    }

    private PeerId host() {
        return Given.read("--host", host, PeerId::new);
    }

    private static List<PeerAddress> addresses(String option, List<String> given) {
        return given.stream()
                .map(text -> Given.read(option, text, PeerAddress::parse))
                .toList();
    }

    /** What stays free: as given, as the environment says, or the default. */
    static double minFree(@Nullable String given) {
        String environment = System.getenv("SWARM_MIN_FREE_PCT");
        if (given != null) {
            return Given.freePercent("--min-free-pct", given);
        }
        return environment == null
                ? DiskGate.DEFAULT_MIN_FREE_PERCENT
                : Given.freePercent("SWARM_MIN_FREE_PCT", environment);
    }

    private MulticastOptions multicast() {
        if (interfaces.contains(NO_MULTICAST)) {
            if (interfaces.size() > 1) {
                throw new IllegalArgumentException(
                        "--interface " + NO_MULTICAST + " turns multicast off and --interface '"
                                + String.join("', '", interfaces) + "' turns it on; write one of them");
            }
            return on(MulticastOptions.off());
        }
        interfaces.forEach(NodeCommand::requireInterface);
        return on(interfaces.isEmpty() ? MulticastOptions.automatic() : MulticastOptions.on(interfaces));
    }

    /** The same on the group and port that were given. */
    private MulticastOptions on(MulticastOptions options) {
        MulticastOptions grouped = Given.read(
                "--multicast-group", multicastGroup, text -> options.withGroup(Given.ip("--multicast-group", text)));
        return Given.read("--multicast-port", String.valueOf(multicastPort), text -> grouped.withPort(multicastPort));
    }

    private static void requireInterface(String name) {
        try {
            if (NetworkInterface.getByName(name) == null) {
                throw new IllegalArgumentException("--interface '" + name + "' is not on this machine; it has "
                        + NetworkInterface.networkInterfaces()
                                .map(NetworkInterface::getName)
                                .toList()
                        + ", or write none");
            }
        } catch (SocketException e) {
            throw new SwarmException(
                    SwarmException.Reason.NETWORK, "cannot look at the network interfaces: " + e.getMessage(), e);
        }
    }
}
