package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.transport.Headers;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server as the JDK's own blocking sockets meet it, in order and out of order. */
class RawSocketIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String GET = "GET /text HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void get_thousandInOneWrite_areAnsweredInOrder() throws Exception {
        TestNode server = server(limits -> limits);
        StringBuilder requests = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            requests.append("GET /n/").append(i).append(" HTTP/1.1\r\nHost: a\r\n");
            requests.append(i == 999 ? "Connection: close\r\n\r\n" : "\r\n");
            expected.append(i).append(' ');
        }

        String answers = exchange(member(server), requests.toString());

        StringBuilder bodies = new StringBuilder();
        for (String answer : answers.split("HTTP/1.1 200 OK\r\n", -1)) {
            bodies.append(answer.substring(answer.indexOf("\r\n\r\n") + 1).strip())
                    .append(' ');
        }
        assertThat(bodies.toString().strip()).isEqualTo(expected.toString().strip());
        assertThat(answers).containsOnlyOnce("Connection: close");
    }

    @Test
    void post_amongGets_isServedAfterThoseBeforeAndBeforeThoseBehind() throws Exception {
        List<String> order = new ArrayList<>();
        TestNode server = server(limits -> limits)
                .serve(Route.get("/get/{n}", exchange -> {
                    synchronized (order) {
                        order.add("get " + exchange.pathParameter("n"));
                    }
                    exchange.respond(200, Headers.empty(), ByteBuffer.allocate(0));
                }))
                .serve(Route.post("/post", 10, exchange -> {
                    synchronized (order) {
                        order.add("post");
                    }
                    exchange.respond(200, Headers.empty(), exchange.body());
                }));

        exchange(
                member(server),
                request("GET /get/1 HTTP/1.1", "Host: a")
                        + request("POST /post HTTP/1.1", "Host: a", "Content-Length: 2")
                        + "hi"
                        + request("GET /get/2 HTTP/1.1", "Host: a", "Connection: close"));

        assertThat(order).containsExactly("get 1", "post", "get 2");
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /text HTTP/1.0\r\n\r\n', 505",
        "'GET /text HTTP/1.1\n\n', 400",
        "'GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n', 400",
        "'POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400",
        "'GET /text HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417",
        "'BREW /text HTTP/1.1\r\nHost: a\r\n\r\n', 501",
    })
    void send_badRequest_isAnsweredThenClosed(String request, int status) throws Exception {
        String answers = exchange(member(server(limits -> limits)), GET + request + GET);

        assertThat(answers).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(answers.split("Content-Length: ", -1)).as("two answers").hasSize(3);
        assertThat(answers).contains("HTTP/1.1 " + status + " ").contains("Connection: close");
    }

    @Test
    void send_badRequestWithMuchBehind_theAnswerStillArrives() throws Exception {
        String request = "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" + "x".repeat(30_000);

        assertThat(exchange(member(server(limits -> limits)), request)).startsWith("HTTP/1.1 404 Not Found\r\n");
    }

    @Test
    void post_expectingContinue_isToldToGoOn() throws Exception {
        TestNode server = server(limits -> limits)
                .serve(Route.post("/echo", 10, exchange -> exchange.respond(200, Headers.empty(), exchange.body())));
        try (SSLSocket socket = member(server)) {
            send(
                    socket,
                    request(
                            "POST /echo HTTP/1.1",
                            "Host: a",
                            "Expect: 100-continue",
                            "Content-Length: 5",
                            "Connection: close"));
            String interim = "HTTP/1.1 100 Continue\r\n\r\n";
            assertThat(new String(socket.getInputStream().readNBytes(interim.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(interim);

            send(socket, "hello");

            assertThat(readAll(socket)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello");
        }
    }

    @Test
    void connect_withoutCertificate_isRefused() throws Exception {
        TestNode server = server(limits -> limits);

        assertThatThrownBy(() -> exchange(connect(server, new KeyManager[0]), GET))
                .isInstanceOf(IOException.class);
    }

    @Test
    void connect_certificateWithoutUsage_isRefusedWithAnAlert() throws Exception {
        TestNode server = server(limits -> limits);
        NodeCredentials lacking =
                FLEET.issue("web-01").usages(TestFleet.Usage.SERVER_AUTH).build();

        assertThatThrownBy(() -> exchange(connect(server, keys(lacking)), GET))
                .hasMessageContaining("Received fatal alert");
    }

    @Test
    void connect_expiredCertificate_isRefused() throws Exception {
        TestNode server = server(limits -> limits);
        NodeCredentials expired = FLEET.issue("web-01").expired().build();

        assertThatThrownBy(() -> exchange(connect(server, keys(expired)), GET)).isInstanceOf(IOException.class);
    }

    @Test
    void connect_olderTls_isRefused() throws Exception {
        SSLSocket socket = member(server(limits -> limits));
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});

        assertThatThrownBy(() -> exchange(socket, GET)).isInstanceOf(IOException.class);
    }

    @Test
    void connect_silentStrangers_giveWayToMembers() throws Exception {
        TestNode server = server(limits -> limits.maxHandshakes(4));
        for (int i = 0; i < 20; i++) {
            opened.add(new Socket(server.address().ip(), server.address().port()));
        }

        assertThat(exchange(member(server), GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")))
                .endsWith("text");
    }

    @Test
    void connect_silentStranger_isClosedInTime() throws Exception {
        TestNode server = server(limits -> limits.handshakeTimeout(Duration.ofMillis(100)));
        try (Socket silent = new Socket(server.address().ip(), server.address().port())) {
            silent.setSoTimeout(TIMEOUT_MILLIS);

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void send_headWithoutEnd_isCutInTime() throws Exception {
        TestNode server = server(limits -> limits.idleTimeout(Duration.ofMillis(200)));
        try (SSLSocket socket = member(server)) {
            send(socket, "GET /text HTTP/1.1\r\nHos");

            assertThatThrownBy(() -> {
                        while (socket.getInputStream().read() >= 0) {
                            send(socket, "t");
                        }
                        throw new IOException("closed");
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void get_readerStandsStill_isCutAndItsSourceClosed() throws Exception {
        PatternContent content = new PatternContent(1L << 40);
        TestNode server = server(limits -> limits.responseTimeout(Duration.ofMillis(300)))
                .serve(Route.get("/endless", exchange -> exchange.respond(200, Headers.empty(), content)));
        try (SSLSocket socket = member(server)) {
            send(socket, GET.replace("/text", "/endless"));

            assertThat(content.closed().await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
                    .isTrue();
        }
    }

    @Test
    void get_peerGoesAwayBeforeTheAnswer_runsTheAbortAction() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        TestNode server = server(limits -> limits).serve(Route.get("/held", exchange -> {
            exchange.onAbort(aborted::countDown);
            handling.countDown();
        }));
        SSLSocket socket = member(server);
        send(socket, GET.replace("/text", "/held"));
        assertThat(handling.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();

        socket.close();

        assertThat(aborted.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }

    private static String request(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
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
                .serve(Route.get(
                        "/n/{n}",
                        exchange -> exchange.respond(
                                200, Headers.empty(), StandardCharsets.UTF_8.encode(exchange.pathParameter("n")))));
    }

    private SSLSocket member(TestNode server) throws Exception {
        return connect(server, keys(FLEET.node("raw")));
    }

    private SSLSocket connect(TestNode server, KeyManager[] keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", FLEET.authority());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().ip(), server.address().port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        opened.add(socket);
        return socket;
    }

    private static KeyManager[] keys(NodeCredentials credentials) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "node", credentials.key(), new char[0], credentials.chain().toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static String exchange(SSLSocket socket, String requests) throws IOException {
        // Written beside the reading: a thousand answers do not fit the sockets' buffers.
        Thread writer = new Thread(() -> {
            try {
                send(socket, requests);
            } catch (IOException e) {
                // The reader meets the same failure and reports it.
                Thread.currentThread().interrupt();
            }
        });
        socket.startHandshake();
        writer.start();
        return readAll(socket);
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String readAll(SSLSocket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
