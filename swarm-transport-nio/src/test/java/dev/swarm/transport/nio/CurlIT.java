package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server as curl meets it; skipped where there is no curl. */
class CurlIT {

    private static final TestFleet FLEET = new TestFleet("fleet");

    @TempDir
    Path directory;

    private final Set<Object> connections = ConcurrentHashMap.newKeySet();
    private TestNode server;

    @BeforeEach
    void serve() throws Exception {
        assumeTrue(run(List.of("curl", "--version")).startsWith("curl "), "curl is not installed");
        TestFleet.write(FLEET.node("curl"), directory);
        server = new TestNode(new NioTransportProvider(), FLEET.node("server"))
                .serve(Route.get(
                        "/blob",
                        exchange -> exchange.respond(200, Headers.of("ETag", "\"x\""), new PatternContent(3_000_000))))
                .serve(PatternRoute.of("/bytes", 100_000))
                .serve(Route.streaming("PUT", "/put", 3_000_000, CurlIT::count))
                .serve(Route.get("/echo", exchange -> {
                    connections.add(exchange.remote());
                    String range = String.valueOf(exchange.headers().first("range"));
                    exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode(range));
                }))
                .serve(Route.post(
                        "/post",
                        3_000_000,
                        exchange -> exchange.respond(
                                200, Headers.empty(), StandardCharsets.UTF_8.encode("" + length(exchange.body())))));
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void get_content_isWritten() throws Exception {
        Path file = directory.resolve("blob");

        curl("-o", file.toString(), url("/blob"));

        assertThat(Files.readAllBytes(file)).isEqualTo(PatternContent.bytes(0, 3_000_000));
    }

    @Test
    void get_range_passesTheField() throws Exception {
        assertThat(curl("-r", "5-9", url("/echo"))).isEqualTo("bytes=5-9");
    }

    @ParameterizedTest
    @CsvSource({"5-9, 5, 5", "99990-, 99990, 10", "-10, 99990, 10", "0-0, 0, 1", "0-, 0, 100000"})
    void get_range_isThatPart(String range, int from, int count) throws Exception {
        Path file = directory.resolve("part");

        assertThat(curl("-r", range, "-w", "%{http_code}", "-o", file.toString(), url("/bytes")))
                .isEqualTo("206");
        assertThat(Files.readAllBytes(file)).isEqualTo(PatternContent.bytes(from, count));
    }

    @Test
    void get_restOfAFile_isAppended() throws Exception {
        Path file = Files.write(directory.resolve("begun"), PatternContent.bytes(0, 60_000));

        curl("-C", "-", "-o", file.toString(), url("/bytes"));

        assertThat(Files.readAllBytes(file)).isEqualTo(PatternContent.bytes(0, 100_000));
    }

    @Test
    void head_showsTheFieldsWithoutWaitingForABody() throws Exception {
        assertThat(curl("-I", url("/blob"))).contains("HTTP/1.1 200 OK", "Content-Length: 3000000", "etag: \"x\"");
    }

    @Test
    void get_twoUrls_useOneConnection() throws Exception {
        curl(url("/echo"), url("/echo"));

        assertThat(connections).hasSize(1);
    }

    @Test
    void get_twoUrls_connectOnce() throws Exception {
        assertThat(curl("-w", " %{num_connects} ", url("/echo"), url("/echo"))).isEqualTo("null 1 null 0 ");
    }

    @Test
    void get_severalAtOnce_areServed() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-Z", "--parallel-max", "6", "-w", "%{http_code} "));
        for (int i = 0; i < 12; i++) {
            arguments.addAll(List.of("-o", directory.resolve("parallel-" + i).toString(), url("/bytes")));
        }

        assertThat(curl(arguments.toArray(String[]::new))).contains("200 ".repeat(12));
    }

    @Test
    void put_bodyOfUnknownLength_isSentInChunks() throws Exception {
        Path body = Files.write(directory.resolve("body"), new byte[100_000]);

        assertThat(curl("-H", "Transfer-Encoding: chunked", "-T", body.toString(), url("/put")))
                .isEqualTo("chunked 100000");
    }

    @Test
    void put_expectingContinue_isTakenWithoutWaiting() throws Exception {
        Path body = Files.write(directory.resolve("body"), new byte[5]);

        assertThat(curl("-H", "Expect: 100-continue", "-w", " %{time_total}", "-T", body.toString(), url("/put")))
                .matches("null 5 0\\.\\d+");
    }

    @Test
    void put_bodyOverTheLimitExpectingContinue_is413BeforeItIsSent() throws Exception {
        Path body = Files.write(directory.resolve("body"), new byte[3_000_001]);

        assertThat(curl("-w", "%{http_code} %{size_upload}", "-T", body.toString(), url("/put")))
                .endsWith("413 0");
    }

    @Test
    void get_tls12_isRefused() throws Exception {
        assertThat(curl("--tls-max", "1.2", url("/echo"))).startsWith("curl: (35)");
    }

    @Test
    void post_largeBody_waitsForContinueAndIsTaken() throws Exception {
        Path body = Files.write(directory.resolve("body"), new byte[2_500_000]);

        assertThat(curl("--data-binary", "@" + body, url("/post"))).isEqualTo("2500000");
    }

    @Test
    void post_bodyOverTheLimit_is413() throws Exception {
        Path body = Files.write(directory.resolve("body"), new byte[3_000_001]);

        assertThat(curl("-w", "%{http_code}", "--data-binary", "@" + body, url("/post")))
                .endsWith("413");
    }

    @Test
    void get_olderVersion_isAnsweredWith505() throws Exception {
        assertThat(curl("--http1.0", "-w", "%{http_code} %{num_connects}\n", url("/echo"), url("/echo")))
                .containsSubsequence("505 1\n", "505 1\n");
    }

    @Test
    void get_unknownPath_isAnsweredWith404() throws Exception {
        assertThat(curl("-w", "%{http_code}", url("/nothing"))).endsWith("404");
    }

    private String url(String path) {
        return "https://127.0.0.1:" + server.address().port() + path;
    }

    private String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--noproxy", "*", "--max-time", "20"));
        command.addAll(List.of("--cacert", file("ca.crt"), "--cert", file("node.crt"), "--key", file("node.key")));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void count(Exchange exchange) {
        try {
            String framing = String.valueOf(exchange.headers().first("transfer-encoding"));
            int length = exchange.bodyStream().readAllBytes().length;
            exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode(framing + " " + length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int length(ByteBuffer body) {
        return body.remaining();
    }

    private static String run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return output;
        } catch (IOException e) {
            return "cannot run: " + e.getMessage();
        }
    }
}
