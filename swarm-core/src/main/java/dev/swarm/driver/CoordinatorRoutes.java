package dev.swarm.driver;

import dev.swarm.coordinate.CheckIn;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.coordinate.Tracker;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** Takes check-ins. Requests come on many threads; what is kept of them is confined to the node's loop. */
final class CoordinatorRoutes {

    /** Check-ins read at once: each takes a few times its length for a moment, which is a mebibyte at most. */
    private static final int MAX_AT_ONCE = 16;

    private final NodeParts parts;
    private final NodeMachine machine;
    private final Tracker tracker;

    CoordinatorRoutes(NodeParts parts, NodeMachine machine, Tracker tracker) {
        this.parts = parts;
        this.machine = machine;
        this.tracker = tracker;
    }

    void addTo(Router router) {
        router.add(Route.post(CheckIns.PATH, CheckIn.MAX_QUESTION_BYTES, this::serve)
                .asReserved()
                .withMaxConcurrent(MAX_AT_ONCE));
    }

    /** What those who check in report. Confined to the node's loop. */
    List<FleetReport> reports() {
        return tracker.reports(parts.now().nanos());
    }

    private void serve(Exchange exchange) {
        CheckIn.Question question;
        try {
            question = CheckIn.Question.decode(exchange.body());
        } catch (IllegalArgumentException e) {
            GossipRoutes.respondJson(exchange, 400, GossipRoutes.problem(e));
            return;
        }
        parts.loop().execute(() -> {
            CheckIn.Answer answer = take(exchange, question);
            exchange.respond(200, Headers.of("content-type", "application/json"), answer.encode());
        });
    }

    private CheckIn.Answer take(Exchange exchange, CheckIn.Question question) {
        Moment now = parts.now();
        if (exchange.peer().host().equals(parts.self())) {
            return new CheckIn.Answer(machine.manifestDigest(), List.of(), Map.of(), List.of());
        }
        InetAddress announced = question.address();
        PeerAddress listens =
                new PeerAddress(announced == null ? exchange.remote().ip() : announced, question.port());
        machine.exchangedPeers(List.of(listens), now);
        return tracker.checkIn(exchange.peer().host(), listens, question, machine.manifestDigest(), now.nanos());
    }
}
