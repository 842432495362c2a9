package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportException;
import dev.swarm.transport.TransportLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the server waits for peers that move a little all the time, and what it does with those that talk nonsense. */
class PatienceIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("slow"));
    private static final Duration LIMIT = Duration.ofMillis(400);
    private static final Duration DRIP = Duration.ofMillis(20);
    /** Far above every limit here and far below those by default. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final PatternContent endless = new PatternContent(1L << 40);

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void handshake_byteByByte_isCutWhenItsTimeIsUp() throws Exception {
        TestNode server = server(limits -> limits.handshakeTimeout(LIMIT));
        SSLEngine engine = MEMBER.context().createSSLEngine("127.0.0.1", 1);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        Socket socket = plain(server);

        hello.flip();
        assertCutWhile(() -> {
            socket.getOutputStream().write(hello.get());
            return isOver(socket);
        });
    }

    @Test
    void head_byteByByte_isCutWhenItsTimeIsUp() throws Exception {
        SSLSocket socket = member(server(limits -> limits.idleTimeout(LIMIT)));
        MemberTls.send(socket, "GET /text HTTP/1.1\r\nX: ");

        assertCutWhile(() -> {
            MemberTls.send(socket, "y");
            return isOver(socket);
        });
    }

    @Test
    void idle_onAReservedPlace_isClosedSoonAndOthersAreNot() throws Exception {
        TestNode server =
                server(limits -> limits.maxConnections(2).reservedConnections(1).reservedTimeout(LIMIT));
        SSLSocket open = member(server);
        MemberTls.send(open, "GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(open.getInputStream().read()).isEqualTo('H');
        SSLSocket reserved = member(server);

        assertCutWhile(() -> isOver(reserved));

        MemberTls.send(open, "GET /text HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(MemberTls.readAll(open)).endsWith("\r\n\r\ntext");
    }

    @Test
    void body_byteByByte_isCutAsTooSlow() throws Exception {
        SSLSocket socket = member(server(limits -> limits.responseTimeout(LIMIT)));
        MemberTls.send(socket, "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");

        assertCutWhile(() -> {
            MemberTls.send(socket, "y");
            return isOver(socket);
        });
    }

    @Test
    void answer_readByteByByte_isCutAsTooSlowAndItsSourceClosed() throws Exception {
        SSLSocket socket = member(server(limits -> limits.responseTimeout(LIMIT)));
        MemberTls.send(socket, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");

        assertCutWhile(() -> {
            assertThat(socket.getInputStream().read()).isNotNegative();
            return endless.closed().getCount() == 0;
        });
    }

    /** What the server's kernel still holds would go out to whom reads at last, or wait for minutes for whom never does. */
    @Test
    void answer_notReadAtAll_connectionIsReset() throws Exception {
        Socket plain = plain(server(limits -> limits.responseTimeout(LIMIT)));
        SSLSocket socket = MEMBER.over(plain);
        socket.startHandshake();
        MemberTls.send(socket, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(endless.closed().await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> plain.getInputStream().transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(SocketException.class);
    }

    @Test
    void refusal_nobodyCloses_theServerDoesWithinItsSecond() throws Exception {
        SSLSocket socket = member(server(limits -> limits));
        MemberTls.send(socket, "GET / HTTP/1.1\n\n");
        assertThat(MemberTls.readAll(socket)).startsWith("HTTP/1.1 400 ");

        assertCutWhile(() -> {
            MemberTls.send(socket, "y");
            return false;
        });
    }

    @Test
    void refusal_endlessRequestBehind_isNotReadToItsEnd() throws Exception {
        SSLSocket socket = member(server(limits -> limits));
        MemberTls.send(socket, "GET / HTTP/1.1\n\n");
        byte[] much = new byte[1 << 20];

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        socket.getOutputStream().write(much);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void connect_plainHttp_isClosed() throws Exception {
        Socket socket = plain(server(limits -> limits));

        socket.getOutputStream().write("GET /text HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertEndsSoon(socket);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void connect_garbage_isClosedAndOthersAreServed(long seed) throws Exception {
        TestNode server = server(limits -> limits);
        SSLSocket honest = member(server);
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            byte[] garbage = new byte[1 + random.nextInt(3_000)];
            random.nextBytes(garbage);
            if (random.nextBoolean()) {
                // The beginning of a handshake record, so that some of it is taken for one.
                garbage[0] = 22;
            }
            Socket socket = plain(server);
            socket.getOutputStream().write(garbage);
            socket.shutdownOutput();
            assertEndsSoon(socket);
        }

        MemberTls.send(honest, "GET /text HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(MemberTls.readAll(honest)).endsWith("\r\n\r\ntext");
    }

    @Test
    void send_recordThatDoesNotDecrypt_isClosed() throws Exception {
        Socket plain = plain(server(limits -> limits));
        SSLSocket socket = MEMBER.over(plain);
        socket.startHandshake();

        plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 32});
        plain.getOutputStream().write(new byte[32]);

        assertEndsSoon(plain);
    }

    /** A listener whose queue is full lets SYNs go by, like a line that is cut. */
    @Test
    void connect_nobodyAnswersTheSyn_endsLongBeforeTheHandshakeHasTo() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 8; i++) {
                SocketChannel waiting = SocketChannel.open();
                opened.add(waiting);
                waiting.configureBlocking(false);
                waiting.connect(deaf.getLocalSocketAddress());
            }
            TestNode client = server(limits -> limits.handshakeTimeout(Duration.ofMinutes(10)));
            PeerAddress address = new PeerAddress(InetAddress.getLoopbackAddress(), deaf.getLocalPort());

            TransportException failure = client.send(address, PeerClient.Lane.CONTROL, Request.get("/text"))
                    .failure();

            assertThat(failure.kind()).isEqualTo(TransportException.Kind.CONNECT);
            assertThat(failure).hasMessageContaining("in time");
        }
    }

    private interface Drip {
        /** Moves a little; answers whether the end has come. */
        boolean fall() throws IOException;
    }

    private static void assertCutWhile(Drip drip) {
        long start = System.nanoTime();
        boolean[] over = {false};
        Hardening.await(SOON, () -> {
            try {
                Hardening.pause(DRIP);
                over[0] = drip.fall();
            } catch (IOException e) {
                over[0] = true;
            }
            return over[0];
        });
        assertThat(over[0])
                .as("cut within %s, after %d ms", SOON, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                .isTrue();
    }

    private static void assertEndsSoon(Socket socket) throws IOException {
        socket.setSoTimeout((int) SOON.toMillis());
        try {
            byte[] alert = socket.getInputStream().readAllBytes();
            assertThat(alert.length).as("bytes of alerts and tickets").isLessThan(5_000);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            assertThat(e).as("reset").isNotNull();
        }
    }

    private static boolean isOver(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private TestNode server(UnaryOperator<TransportLimits.Builder> limits) {
        TestNode node = new TestNode(
                new NioTransportProvider(),
                FLEET.node("server"),
                config -> config.limits(limits.apply(TransportLimits.builder()).build()));
        opened.add(node);
        return node.serve(Route.get(
                        "/text",
                        exchange -> exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("text"))))
                .serve(Route.get("/endless", exchange -> exchange.respond(200, Headers.empty(), endless)))
                .serve(Route.post(
                        "/post", 200_000, exchange -> exchange.respond(200, Headers.empty(), exchange.body())));
    }

    private Socket plain(TestNode server) throws IOException {
        Socket socket = MemberTls.plain(server.address(), InetAddress.getLoopbackAddress());
        opened.add(socket);
        return socket;
    }

    private SSLSocket member(TestNode server) throws IOException {
        SSLSocket socket = MEMBER.over(plain(server));
        socket.startHandshake();
        return socket;
    }
}
