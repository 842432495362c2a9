package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is owed an answer gets it, though it has said its last word, or has no place. */
class OwedAnswerIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("member"));

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void get_halfClosedBehindTheRequest_isStillAnswered() throws Exception {
        TestNode server = server();
        try (SSLSocket socket = MEMBER.connect(server.address())) {
            MemberTls.send(socket, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");

            socket.shutdownOutput();

            assertThat(MemberTls.readAll(socket))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("late");
        }
    }

    @Test
    void connect_memberWithoutAPlaceAmongStrangers_isStillToldToComeBack() throws Exception {
        TestNode server = server();
        for (int i = 0; i < 8; i++) {
            SSLSocket holder = MEMBER.connect(server.address());
            opened.add(holder);
            MemberTls.send(holder, "GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(holder.getInputStream().read()).isEqualTo('H');
        }
        SSLSocket ninth = MEMBER.connect(server.address());
        opened.add(ninth);
        ninth.startHandshake();
        Hardening.pause(Duration.ofMillis(300));
        for (int i = 0; i < 64; i++) {
            opened.add(new Socket(server.address().ip(), server.address().port()));
        }
        Hardening.pause(Duration.ofMillis(500));

        MemberTls.send(ninth, "GET /text HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(MemberTls.readAll(ninth)).startsWith("HTTP/1.1 503 ");
    }

    private TestNode server() {
        TestNode node = new TestNode(new NioTransportProvider(), FLEET.node("server"))
                .serve(Route.get(
                        "/text",
                        exchange -> exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("text"))))
                .serve(Route.get("/late", exchange -> {
                    Hardening.pause(Duration.ofMillis(300));
                    exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("late"));
                }));
        opened.add(node);
        return node;
    }
}
