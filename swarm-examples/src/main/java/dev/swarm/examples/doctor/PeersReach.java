package dev.swarm.examples.doctor;

import dev.swarm.SwarmNode;
import dev.swarm.peer.PeerView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Which peers get in to a node: some are asked to connect back. */
final class PeersReach {

    /** One may have its own trouble; three that all fail have this node's. */
    private static final int MAX_ASKED = 3;

    private PeersReach() {}

    /** By host name whether it got in, without those who cannot say. Blocks for some seconds at most. */
    static Map<String, @Nullable Object> ask(SwarmNode node, List<PeerView> peers) {
        Map<String, CompletableFuture<Boolean>> asked = new TreeMap<>();
        for (PeerView peer : peers) {
            if (peer.id() != null && peer.trust() > 0 && peer.reachable() && asked.size() < MAX_ASKED) {
                asked.put(peer.id().host(), node.reachedBy(peer.address()));
            }
        }
        Map<String, @Nullable Object> answers = new TreeMap<>();
        asked.forEach((host, answer) -> {
            try {
                answers.put(host, answer.join());
            } catch (CompletionException e) {
                // It went away, or is of a version that does not connect back: it says nothing about this node.
            }
        });
        return answers;
    }
}
