package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Headers;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToIntFunction;

/** Connections over a wire in memory, in virtual time, with every read and write as long as the test wants it. */
final class Conversation {

    private static final TestFleet FLEET = new TestFleet("conversation fleet");
    private static final TransportConfig CONFIG = config();
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.1:1531");
    private static final Headers PLAIN = Headers.of("content-type", "text/plain");

    /** What protects the conversation. */
    enum Protection {
        NONE,
        TLS;

        Security server() {
            return of("server");
        }

        Security client() {
            return of("client");
        }

        private Security of(String host) {
            return this == NONE
                    ? new ClearText(CONFIG.credentials().certificate())
                    : new TlsContext(FLEET.node(host), MemberCertificates::read);
        }
    }

    private final VirtualLoop loop = new VirtualLoop();
    private final Router router = router();
    private final MemoryWire[] wires;
    private int signsBeforeHead;

    Conversation(LongToIntFunction readSizes, LongToIntFunction writeSizes) {
        this.wires = MemoryWire.pair(readSizes, writeSizes);
    }

    /** Has our server serve one route more. */
    Conversation with(Route route) {
        router.add(route);
        return this;
    }

    /** Runs something when so much time has passed. */
    void after(Duration time, Runnable action) {
        loop.schedule(new Deadline(action), loop.now() + time.toNanos());
    }

    /** Time since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(loop.now());
    }

    /** Bytes that went either way, whichever is more. */
    long bytes() {
        return Math.max(wires[0].carriedIn(), wires[1].carriedIn());
    }

    /** How often our client's sinks were told of bytes before they heard of a head. */
    int signsBeforeHead() {
        return signsBeforeHead;
    }

    /** Plays a recorded client to our server; answers what the client heard. */
    String serve(Protection protection, List<ScriptedEnd.Step> client) {
        try {
            Service service = new Service(withWorkers(), protection.server());
            ServerConnection server = new ServerConnection(service, loop, wires[1], PEER, 0);
            ScriptedEnd end = new ScriptedEnd(loop, client);
            SecureChannel channel = new SecureChannel(
                    loop, wires[0], protection.client().client(PEER), loop, new ReadPace(new RateLimit(0)), end);
            server.start();
            end.attach(channel);
            runUntilQuiet();
            return end.heard();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has our client ask a recorded server; answers what the sinks heard, request by request. */
    List<String> ask(Protection protection, List<Request> requests, List<ScriptedEnd.Step> server) {
        List<MemoryWire> left = new ArrayList<>(List.of(wires[0]));
        NioPeerClient client = new NioPeerClient(withWorkers(), List.of(loop), protection.client(), (onLoop, peer) -> {
            if (left.isEmpty()) {
                throw new IOException("the recording holds one connection");
            }
            return left.remove(0);
        });
        try {
            ScriptedEnd end = new ScriptedEnd(loop, server);
            List<Answer> answers = new ArrayList<>();
            for (Request request : requests) {
                Answer answer = new Answer();
                client.send(PEER, Lane.BULK, request, answer);
                answers.add(answer);
            }
            end.attach(new SecureChannel(
                    loop, wires[1], protection.server().server(), loop, new ReadPace(new RateLimit(0)), end));
            runUntilQuiet();
            return answers.stream().map(Answer::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void runUntilQuiet() {
        boolean moved = true;
        while (moved) {
            moved = loop.runTasks();
            moved |= wires[0].tell();
            moved |= wires[1].tell();
            if (!moved
                    && !(wires[0].isClosed() && wires[1].isClosed())
                    && loop.now() < Duration.ofMinutes(2).toNanos()) {
                loop.advance(Duration.ofMillis(100).toNanos());
                moved = true;
            }
        }
    }

    private TransportConfig withWorkers() {
        return TransportConfig.builder()
                .listen(CONFIG.listen())
                .credentials(CONFIG.credentials())
                .memberCheck(CONFIG.memberCheck())
                .admitted(CONFIG.admitted())
                .router(router)
                .ticker(loop::now)
                .wallClock(() -> Instant.EPOCH)
                .threads(Thread::new)
                .workers(loop)
                .build();
    }

    private static Router router() {
        Router router = new Router();
        router.add(Route.get(
                "/pattern/{size}",
                exchange -> exchange.respond(
                        200, PLAIN, new PatternContent(Long.parseLong(exchange.pathParameter("size"))))));
        router.add(Route.get(
                "/query",
                exchange -> exchange.respond(200, PLAIN, utf8(exchange.query().toString()))));
        router.add(Route.post("/echo", 1 << 16, exchange -> exchange.respond(200, PLAIN, exchange.body())));
        return router;
    }

    private static TransportConfig config() {
        return TransportConfig.builder()
                .listen(new InetSocketAddress(0))
                .credentials(FLEET.node("server"))
                .memberCheck(MemberCertificates::read)
                .admitted(peer -> true)
                .router(new Router())
                .ticker(() -> 0)
                .threads(Thread::new)
                .workers(Runnable::run)
                .build();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes down what a sink hears, leaving out how the body was cut. */
    private final class Answer implements ResponseSink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onBytes() {
            signsBeforeHead += text.length() == 0 ? 1 : 0;
        }

        @Override
        public void onHead(ResponseHead head, PeerCertificate peer) {
            text.append(head.status());
            head.headers()
                    .forEach((name, value) ->
                            text.append(' ').append(name).append('=').append(value));
            text.append(" [");
        }

        @Override
        public void onBody(ByteBuffer data) {
            while (data.hasRemaining()) {
                text.append((char) (data.get() & 0xFF));
            }
        }

        @Override
        public void onEnd() {
            text.append("] end");
        }

        @Override
        public void onFailure(TransportException failure) {
            text.append(' ').append(failure.kind());
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
