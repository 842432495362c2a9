package dev.swarm.examples.demo;

import dev.swarm.MulticastOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.examples.authority.FleetAuthority;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.PemCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Nodes on loopback with an authority of their own, which find each other by multicast. */
final class DemoFleet implements AutoCloseable {

    private static final Duration CYCLE = Duration.ofMillis(500);

    /** Ports that the system does not hand out by itself, so that the group's port is free for UDP. */
    private static final int FIRST_GROUP_PORT = 20_000;

    private static final int GROUP_PORTS = 10_000;

    private final Path directory;
    private final List<SwarmNode> nodes = new ArrayList<>();
    private boolean multicast;

    private DemoFleet(Path directory) {
        this.directory = directory;
    }

    static DemoFleet start(Path directory, int size) throws IOException {
        DemoFleet fleet = new DemoFleet(directory);
        RandomGenerator random = SystemAdapters.randomness();
        try {
            FleetAuthority authority =
                    FleetAuthority.create(directory.resolve("ca"), "demo", SystemAdapters.wallClock(), random);
            MulticastOptions group =
                    MulticastOptions.automatic().withPort(FIRST_GROUP_PORT + random.nextInt(GROUP_PORTS));
            fleet.multicast = carriesMulticast(group);
            for (int i = 0; i < size; i++) {
                PeerId host = new PeerId("node-" + (i + 1));
                authority.issue(host, List.of(InetAddress.getLoopbackAddress()), Set.of(), fleet.certificates(i));
                fleet.nodes.add(fleet.startNode(i, group));
            }
            return fleet;
        } catch (IOException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    List<SwarmNode> nodes() {
        return nodes;
    }

    SwarmNode seeder() {
        return nodes.get(0);
    }

    boolean usesMulticast() {
        return multicast;
    }

    /** Whether every node has proved every other. */
    boolean isAcquainted() {
        return nodes.stream().allMatch(node -> node.status().peers() >= nodes.size() - 1);
    }

    /** The names of the nodes by their addresses. */
    Map<String, String> names() {
        Map<String, String> names = new HashMap<>();
        nodes.forEach(node -> names.put(node.address().toString(), node.id().host()));
        return names;
    }

    @Override
    public void close() {
        nodes.forEach(SwarmNode::close);
    }

    private SwarmNode startNode(int i, MulticastOptions group) {
        Path certificates = certificates(i);
        SwarmConfig.Builder config = SwarmConfig.builder(
                        directory.resolve("node-" + (i + 1)),
                        PemCredentials.load(
                                certificates.resolve("node.crt"),
                                certificates.resolve("node.key"),
                                certificates.resolve("ca.crt")))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .cycle(CYCLE);
        if (multicast) {
            return SwarmNode.start(config.multicast(group).build());
        }
        List<PeerAddress> first =
                nodes.isEmpty() ? List.of() : List.of(nodes.get(0).address());
        return SwarmNode.start(
                config.multicast(MulticastOptions.off()).peers(first).build());
    }

    /** Whether loopback takes a group here; some containers' does not. */
    private static boolean carriesMulticast(MulticastOptions group) {
        try (MulticastSocket socket = new MulticastSocket(group.port())) {
            NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            socket.joinGroup(new InetSocketAddress(group.group(), group.port()), loopback);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path certificates(int i) {
        return directory.resolve("certificates").resolve("node-" + (i + 1));
    }
}
