package dev.swarm.benchmarks.pair;

import dev.swarm.SeedOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A node that seeds the file for nobody in particular: the receiver says when it wants it. */
final class NodeSender implements Sender {

    private static final String NOBODY = "nobody";

    private final SwarmNode node;

    NodeSender(NodeCredentials credentials, Content content, Path directory) throws IOException {
        node = SwarmNode.start(SwarmConfig.builder(directory, credentials)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build());
        node.seed(content.file(), SeedOptions.to(NOBODY));
    }

    @Override
    public PeerAddress address() {
        return node.address();
    }

    @Override
    public void close() {
        node.close();
    }
}
