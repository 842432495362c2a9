package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportLimits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server as the clients of the JDK meet it: {@link HttpClient} and {@link SSLSocket}. */
class JdkClientIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("jdk"));
    private static final int LENGTH = 3_000_000;
    private static final int CONCURRENT = 20;

    private final Set<Object> connections = ConcurrentHashMap.newKeySet();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(MEMBER.context())
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private TestNode server;

    @BeforeEach
    void serve() {
        TransportLimits limits =
                TransportLimits.builder().maxConnectionsPerPeer(CONCURRENT).build();
        server = new TestNode(new NioTransportProvider(), FLEET.node("server"), config -> config.limits(limits))
                .serve(PatternRoute.of("/bytes", LENGTH))
                .serve(Route.get("/text", exchange -> {
                    connections.add(exchange.remote());
                    exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("text"));
                }))
                .serve(Route.post(
                        "/echo", LENGTH, exchange -> exchange.respond(200, Headers.empty(), exchange.body())));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void get_content_arrivesWhole() throws Exception {
        HttpResponse<byte[]> answer = client.send(request("/bytes").build(), BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PatternContent.bytes(0, LENGTH));
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void get_range_isThatPart() throws Exception {
        HttpRequest part =
                request("/bytes").header("Range", "bytes=70000-79999").build();

        HttpResponse<byte[]> answer = client.send(part, BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(PatternContent.bytes(70_000, 10_000));
    }

    @Test
    void head_content_hasLengthAndNoBody() throws Exception {
        HttpRequest head = request("/bytes")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<byte[]> answer = client.send(head, BodyHandlers.ofByteArray());

        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(LENGTH);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void post_largeBodyExpectingContinue_returns() throws Exception {
        byte[] body = PatternContent.bytes(0, LENGTH);
        HttpRequest post = request("/echo")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();

        assertThat(client.send(post, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
    }

    @Test
    void post_bodyInChunks_returns() throws Exception {
        byte[] body = PatternContent.bytes(0, LENGTH);
        HttpRequest post = request("/echo")
                .POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(
                        PatternContent.bytes(0, 1_000_000),
                        PatternContent.bytes(1_000_000, 1_000_000),
                        PatternContent.bytes(2_000_000, 1_000_000))))
                .build();

        assertThat(client.send(post, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
    }

    @Test
    void get_hundredInTurn_useOneConnection() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(client.send(request("/text").build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("text");
        }

        assertThat(connections).hasSize(1);
    }

    @Test
    void get_twentyAtOnce_areAllServed() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < CONCURRENT; i++) {
            answers.add(client.sendAsync(request("/bytes").build(), BodyHandlers.ofByteArray()));
        }

        for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            HttpResponse<byte[]> received = answer.get(60, TimeUnit.SECONDS);
            assertThat(received.statusCode()).isEqualTo(200);
            assertThat(received.body()).hasSize(LENGTH);
        }
    }

    @Test
    void get_socketHalfClosedDuringTheAnswer_restStillArrives() throws Exception {
        try (SSLSocket socket = MEMBER.connect(server.address())) {
            MemberTls.send(socket, "GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n");
            String begin = new String(socket.getInputStream().readNBytes(1_000), StandardCharsets.ISO_8859_1);

            socket.shutdownOutput();

            String all = begin + MemberTls.readAll(socket);
            assertThat(all).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(all.substring(all.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1))
                    .isEqualTo(PatternContent.bytes(0, LENGTH));
        }
    }

    @Test
    void connect_thenCloseInOrder_isAnsweredWithACloseInOrder() throws Exception {
        try (SSLSocket socket = MEMBER.connect(server.address())) {
            socket.startHandshake();

            socket.shutdownOutput();

            assertThat(MemberTls.readAll(socket)).isEmpty();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + server.address().port() + path))
                .timeout(Duration.ofSeconds(30));
    }
}
