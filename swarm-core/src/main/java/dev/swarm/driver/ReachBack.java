package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether others get in: a node cannot tell that by itself, so it has a peer connect back to it. The peer connects to the address
 * that it was asked from and to no other, and believes nobody there but the one who asked. Safe for many threads.
 */
final class ReachBack {

    private static final String PATH = "/health/reach";

    /** Connections back under way at once; each waits for a firewall that says nothing. */
    private static final int MAX_AT_ONCE = 4;

    private static final long PATIENCE_SECONDS = 4;
    private static final int MAX_ANSWER_BYTES = 1_024;
    private static final String REACHED = "{\"reached\":true}\n";
    private static final String NOT_REACHED = "{\"reached\":false}\n";

    private final NodeParts parts;

    ReachBack(NodeParts parts) {
        this.parts = parts;
    }

    void addTo(Router router) {
        router.add(Route.get(PATH, this::serve).withMaxConcurrent(MAX_AT_ONCE));
    }

    /**
     * Has a peer connect to a port of this machine.
     *
     * @return whether this node answered it there; fails if the peer cannot be asked
     */
    CompletableFuture<Boolean> ask(PeerAddress peer, int port) {
        return send(peer, PATH + "?port=" + port)
                .orTimeout(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenApply(answer -> {
                    if (answer.status() != 200) {
                        throw new SwarmException(
                                Reason.NOT_FOUND, peer + " does not connect back: status " + answer.status());
                    }
                    return StandardCharsets.UTF_8
                            .decode(answer.body())
                            .toString()
                            .equals(REACHED);
                });
    }

    private void serve(Exchange exchange) {
        PeerAddress back = addressBack(exchange);
        if (back == null) {
            exchange.respond(400, Headers.empty(), Texts.buffer("port has to be 1 to 65535\n"));
            return;
        }
        var unused = send(back, "/health/live")
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .handle((answer, failure) -> failure == null
                        && answer.peer().host().equals(exchange.peer().host()))
                .thenAccept(reached -> exchange.respond(
                        200,
                        Headers.of("content-type", "application/json"),
                        Texts.buffer(reached ? REACHED : NOT_REACHED)));
    }

    private static @Nullable PeerAddress addressBack(Exchange exchange) {
        try {
            return new PeerAddress(
                    exchange.remote().ip(), Integer.parseInt(exchange.query().getOrDefault("port", "")));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private CompletableFuture<Answer> send(PeerAddress peer, String target) {
        return CollectingSink.ask(parts.client(), peer, Request.get(target), MAX_ANSWER_BYTES);
    }
}
