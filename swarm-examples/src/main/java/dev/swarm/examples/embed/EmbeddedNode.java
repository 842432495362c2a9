package dev.swarm.examples.embed;

import dev.swarm.SeedOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PemCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The whole of what a host application does: start a node, seed a file, wait for one, stop.
 *
 * <pre>
 * seed CERTS DATA PORT FILE            seeds FILE for everyone until Enter is pressed
 * get  CERTS DATA PORT SHA256 PEER     fetches a blob from the fleet that PEER belongs to
 * </pre>
 */
public final class EmbeddedNode {

    private EmbeddedNode() {}

    /** Runs one of the two. */
    public static void main(String[] args) throws Exception {
        boolean seeding = args[0].equals("seed");
        Path certificates = Path.of(args[1]);
        SwarmConfig config = SwarmConfig.builder(
                        Path.of(args[2]),
                        PemCredentials.load(
                                certificates.resolve("node.crt"),
                                certificates.resolve("node.key"),
                                certificates.resolve("ca.crt")))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[3])))
                .peers(seeding ? List.of() : List.of(PeerAddress.parse(args[5])))
                .build();
        try (SwarmNode node = SwarmNode.start(config)) {
            if (seeding) {
                BlobId blob = node.seed(Path.of(args[4]), SeedOptions.to("*"));
                System.out.println("seeding " + blob + " at " + node.address() + " until Enter");
                System.in.read();
            } else {
                BlobId blob = node.fetch(BlobId.parse(args[4])).get(1, TimeUnit.MINUTES);
                System.out.println("complete: " + node.pathOf(blob));
            }
        }
    }
}
