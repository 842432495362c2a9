package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Asks another node for one of its traits. */
final class TraitQuestion {

    private static final int MAX_TRAIT_BYTES = 16 << 20;

    private TraitQuestion() {}

    /** The trait; completed on a thread of the transport. */
    static CompletableFuture<String> ask(PeerClient client, PeerAddress peer, String name) {
        CompletableFuture<String> text = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink(
                MAX_TRAIT_BYTES,
                answer -> {
                    if (answer.status() == 200) {
                        text.complete(
                                StandardCharsets.UTF_8.decode(answer.body()).toString());
                    } else {
                        text.completeExceptionally(new SwarmException(
                                Reason.NOT_FOUND, "trait " + name + " of " + peer + ": status " + answer.status()));
                    }
                },
                text::completeExceptionally);
        sink.send(client, peer, PeerClient.Lane.CONTROL, Request.get("/traits/" + name));
        return text;
    }
}
