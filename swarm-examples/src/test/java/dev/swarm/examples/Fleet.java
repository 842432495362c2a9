package dev.swarm.examples;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.examples.doctor.NodeReport;
import dev.swarm.manifest.DenyList;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Some real nodes on loopback that know the first of them. */
final class Fleet implements AutoCloseable {

    private final TestFleet authority = new TestFleet("demo");
    private final Path directory;
    private final List<NodeCredentials> issued = new ArrayList<>();
    private final List<SwarmNode> nodes = new ArrayList<>();

    Fleet(Path directory, int size) {
        this.directory = directory;
        for (int i = 0; i < size; i++) {
            start(i);
        }
    }

    SwarmNode node(int i) {
        return nodes.get(i);
    }

    List<SwarmNode> nodes() {
        return nodes;
    }

    Path data(int i) {
        return directory.resolve("node-" + i);
    }

    /** Credentials of the node with this number, new ones each time. */
    NodeCredentials credentials(int i) {
        return authority.node("node-" + i + ".example");
    }

    /** The file in which every node looks for deny lists. */
    Path denyList() {
        return directory.resolve("deny.json");
    }

    /** Credentials of a member that is no node of this fleet. */
    NodeCredentials member(String host) {
        return authority.node(host);
    }

    /** Credentials of a member that is gone: they were valid from the day before yesterday until an hour ago. */
    NodeCredentials formerMember(String host) {
        return authority.issue(host).expired().build();
    }

    /** What the node with this number was first started with. */
    NodeCredentials issued(int i) {
        return issued.get(i);
    }

    /** A list that denies these certificates. */
    DenyList deny(long version, List<X509Certificate> certificates) {
        NodeCredentials signer =
                new NodeCredentials(List.of(authority.authority()), authority.authorityKey(), authority.authority());
        List<DenyList.Denial> denials =
                certificates.stream().map(DenyList.Denial::of).toList();
        return DenyList.sign(version, Instant.now(), denials, signer);
    }

    /** A list that denies the node with this number. */
    DenyList deny(int i) {
        return deny(1, List.of(issued(i).certificate()));
    }

    /** How the node with this number was set up, for its doctor. */
    NodeReport.Settings settings(int i) {
        Path certificates = directory.resolve("certificates-" + i);
        return new NodeReport.Settings(
                certificates.resolve("node.crt"),
                certificates.resolve("node.key"),
                certificates.resolve("ca.crt"),
                null,
                true,
                Duration.ofMillis(200),
                1);
    }

    /** Starts the node with this number, for the first time or again. */
    SwarmNode start(int i) {
        return start(i, credentials(i));
    }

    /** Starts one more node, which is an operator. */
    SwarmNode startOperator() {
        return start(nodes.size(), authority.node("ops.example", Role.OPERATOR));
    }

    /** Starts the node with this number otherwise than the others. */
    SwarmNode start(int i, UnaryOperator<SwarmConfig.Builder> otherwise) {
        return start(i, credentials(i), otherwise);
    }

    /** Starts the node with this number by another name or in another fleet. */
    SwarmNode start(int i, NodeCredentials credentials) {
        return start(i, credentials, config -> config);
    }

    private SwarmNode start(int i, NodeCredentials credentials, UnaryOperator<SwarmConfig.Builder> otherwise) {
        issued.add(credentials);
        SwarmConfig.Builder config = SwarmConfig.builder(data(i), credentials)
                .denyList(denyList())
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .peers(
                        nodes.isEmpty() || i == 0
                                ? List.of()
                                : List.<PeerAddress>of(nodes.get(0).address()))
                .cycle(Duration.ofMillis(200))
                .minFreePercent(1);
        SwarmNode node = SwarmNode.start(otherwise.apply(config).build());
        if (i < nodes.size()) {
            nodes.set(i, node);
        } else {
            nodes.add(node);
        }
        return node;
    }

    @Override
    public void close() {
        nodes.forEach(SwarmNode::close);
    }
}
