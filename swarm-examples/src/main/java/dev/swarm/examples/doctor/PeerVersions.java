package dev.swarm.examples.doctor;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which versions a node's peers run. */
final class PeerVersions {

    /** Enough to see that a fleet is in the middle of an upgrade, or that one node was left out. */
    private static final int MAX_ASKED = 16;

    private static final long PATIENCE_SECONDS = 2;

    /** Longer than any version is. */
    private static final int MAX_LENGTH = 64;

    private static final String UNTOLD = "of a version that does not tell";

    private PeerVersions() {}

    /** By host name, without those who do not answer. Blocks for two seconds at most. */
    static Map<String, @Nullable Object> ask(SwarmNode node, List<PeerView> peers) {
        Map<String, CompletableFuture<String>> asked = new TreeMap<>();
        for (PeerView peer : peers) {
            if (peer.id() != null && peer.trust() > 0 && peer.reachable() && asked.size() < MAX_ASKED) {
                asked.put(
                        peer.id().host(),
                        node.trait(peer.address(), "swarm_node").orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
        }
        Map<String, @Nullable Object> versions = new TreeMap<>();
        asked.forEach((host, answer) -> {
            String version = read(answer);
            if (version != null) {
                versions.put(host, version);
            }
        });
        return versions;
    }

    private static @Nullable String read(CompletableFuture<String> answer) {
        try {
            return JsonText.readObject(answer.join()).get("version") instanceof String version
                    ? version.substring(0, Math.min(version.length(), MAX_LENGTH))
                    : UNTOLD;
        } catch (IllegalArgumentException e) {
            return UNTOLD;
        } catch (CompletionException e) {
            return e.getCause() instanceof SwarmException refused && refused.reason() == SwarmException.Reason.NOT_FOUND
                    ? UNTOLD
                    : null;
        }
    }
}
