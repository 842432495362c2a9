package dev.swarm.driver;

import dev.swarm.manifest.MalformedFrameException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Serves what nodes tell each other about themselves. Safe for many threads. */
final class GossipRoutes {

    private static final Headers JSON = Headers.of("content-type", "application/json");

    private final NodeParts parts;
    private final NodeMachine machine;
    private final SocketEffects effects;
    private final OfferedTraits traits;

    /** Peers with a frame that is being verified: one at a time of each, or its connections would take every worker. */
    private final Set<PeerId> compared = ConcurrentHashMap.newKeySet();

    private volatile boolean ready;

    GossipRoutes(NodeParts parts, NodeMachine machine, SocketEffects effects, OfferedTraits traits) {
        this.parts = parts;
        this.machine = machine;
        this.effects = effects;
        this.traits = traits;
    }

    void addTo(Router router) {
        router.add(Route.post("/watch", Watch.MAX_QUESTION_BYTES, this::watch).asReserved());
        router.add(Route.post("/manifest/sync", SyncFrame.MAX_BYTES, this::sync).asReserved());
        router.add(Route.get("/peers", this::peers).asReserved());
        router.add(Route.get("/health/live", exchange -> respondJson(exchange, 200, "{\"live\":true}"))
                .asReserved());
        router.add(Route.get("/health/ready", this::readiness).asReserved());
        router.add(Route.get("/traits/{name}", this::trait).asReserved());
    }

    void ready(boolean value) {
        ready = value;
    }

    private void watch(Exchange exchange) {
        Watch.Question question;
        try {
            question = Watch.Question.decode(
                    exchange.body(), Watch.TAKES_MORE.equals(exchange.headers().first(Watch.TAKES)));
        } catch (IllegalArgumentException e) {
            respondJson(exchange, 400, problem(e));
            return;
        }
        parts.loop().execute(() -> {
            long number = effects.exchanges().keep(exchange);
            exchange.onAbort(() -> parts.loop().execute(() -> {
                effects.exchanges().forget(number);
                machine.watchAborted(number);
            }));
            exchange.onHurry(() -> parts.loop().execute(() -> machine.watchHurried(number, parts.now())));
            int port = question.listenPort();
            PeerAddress listens = port > 0 && port <= 65_535
                    ? new PeerAddress(exchange.remote().ip(), port)
                    : exchange.remote();
            machine.watchAsked(number, exchange.peer().host(), listens, question, parts.now());
        });
    }

    private void sync(Exchange exchange) {
        SyncFrame frame;
        try {
            frame = SyncFrame.decode(exchange.body(), SyncFrame.MAX_BYTES);
        } catch (MalformedFrameException e) {
            respondJson(exchange, 400, problem(e));
            return;
        }
        PeerId peer = exchange.peer().host();
        if (!compared.add(peer)) {
            exchange.respond(
                    503,
                    JSON.with("retry-after", "1"),
                    Texts.buffer("{\"error\":\"a frame of this peer is being verified; send one after the other\"}\n"));
            return;
        }
        NodeParts.CheckedEntries checked;
        try {
            checked = parts.verify(frame.entries(), peer);
        } finally {
            compared.remove(peer);
        }
        parts.loop().execute(() -> {
            machine.syncAsked(effects.exchanges().keep(exchange), peer, frame, checked.entries(), parts.now());
            machine.sentForgeries(peer, checked.forged(), parts.now());
        });
    }

    private void peers(Exchange exchange) {
        parts.loop().execute(() -> {
            List<PeerView> known = machine.peers().peers(parts.now().nanos());
            String body = JsonText.write(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("peers");
                for (PeerView peer : known) {
                    if (peer.trust() > 0) {
                        json.writeString(peer.address().toString());
                    }
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            respondJson(exchange, 200, body);
        });
    }

    private void readiness(Exchange exchange) {
        boolean fit = ready && parts.blobs().problem() == null;
        respondJson(exchange, fit ? 200 : 503, "{\"ready\":" + fit + "}");
    }

    private void trait(Exchange exchange) {
        String trait = traits.read(exchange.pathParameter("name"));
        if (trait == null) {
            respondJson(exchange, 404, "{\"error\":\"no such trait\"}");
        } else {
            respondJson(exchange, 200, trait);
        }
    }

    static void respondJson(Exchange exchange, int status, String body) {
        exchange.respond(status, JSON, Texts.buffer(body + "\n"));
    }

    static String problem(Exception e) {
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeStringField("error", String.valueOf(e.getMessage()));
            json.writeEndObject();
        });
    }
}
