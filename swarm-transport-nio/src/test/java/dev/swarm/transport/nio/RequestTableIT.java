package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of requests against the whole server, over TLS. */
class RequestTableIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("raw"));
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r\n]*\r\n");
    private static final String LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    /** One in so many cases is sent byte by byte as well, each byte a TLS record. */
    private static final int SAMPLE = 8;
    /** Longest case that is sent byte by byte. */
    private static final int LONGEST_SAMPLE = 400;

    private static final int MAX_BODY_BYTES = 1 << 20;

    private static TestNode buffering;
    private static TestNode streaming;

    @BeforeAll
    static void serve() {
        buffering = server();
        streaming = server();
        for (String method : List.of("POST", "PUT", "DELETE")) {
            Route stream = Route.streaming(method, "/p", MAX_BODY_BYTES, RequestTableIT::echo);
            streaming.serve(stream);
            buffering.serve(new Route(
                    method,
                    "/p",
                    Route.Body.BUFFERED,
                    MAX_BODY_BYTES,
                    Route.UNLIMITED,
                    Route.Kind.PLAIN,
                    stream.handler()));
        }
    }

    @AfterAll
    static void close() {
        buffering.close();
        streaming.close();
    }

    private static TestNode server() {
        return new TestNode(new NioTransportProvider(), FLEET.node("server"))
                .serve(Route.get("/g", exchange -> exchange.respond(200, Headers.empty(), ByteBuffer.allocate(0))))
                .serve(Route.get(
                        "/last",
                        exchange -> exchange.respond(200, Headers.empty(), StandardCharsets.US_ASCII.encode("last"))));
    }

    private static void echo(Exchange exchange) {
        try {
            exchange.respond(
                    200, Headers.empty(), ByteBuffer.wrap(exchange.bodyStream().readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> cases() {
        return CaseTable.read("requests.txt", 3).rows().stream()
                .map(row -> Arguments.of(row.get(1), row.get(2), row.get(0)));
    }

    static Stream<Arguments> sample() {
        List<Arguments> all = cases().filter(
                        arguments -> arguments.get()[1].toString().length() <= LONGEST_SAMPLE)
                .toList();
        return Stream.iterate(0, i -> i < all.size(), i -> i + SAMPLE).map(all::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void send_case_isAnsweredWithItsVerdict(String name, String input, String verdict) throws Exception {
        check(buffering, name, input, verdict, input.length());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void send_caseToRoutesThatStream_isAnsweredWithItsVerdict(String name, String input, String verdict)
            throws Exception {
        check(streaming, name, input, verdict, input.length());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sample")
    void send_caseByteByByte_isAnsweredWithItsVerdict(String name, String input, String verdict) throws Exception {
        check(streaming, name, input, verdict, 1);
    }

    private static void check(TestNode server, String name, String input, String verdict, int pieceLength)
            throws IOException {
        List<String> outcomes = List.of(verdict.split(" then ", -1));
        String end = outcomes.get(outcomes.size() - 1);
        boolean refused = end.matches("\\d{3}");
        boolean open = end.endsWith("more");
        String answers = exchange(server, input, pieceLength, refused || open ? "" : LAST, open);

        List<String> statuses = statuses(answers);
        if (refused) {
            assertThat(statuses).as(name).last().isEqualTo(end);
            assertThat(answers.substring(answers.lastIndexOf("HTTP/1.1 " + end)))
                    .contains("\r\nConnection: close\r\n");
            assertThat(statuses).as("%s: answers", name).hasSize(outcomes.size());
        } else if (open) {
            // A route may refuse a body by its declared length before it comes, and one that streams answers what it
            // gets.
            assertThat(statuses).as("%s: answers to what is not complete", name).isSubsetOf("413", "500");
        } else if (outcomes.stream().anyMatch(outcome -> outcome.endsWith(" closes"))) {
            assertThat(statuses)
                    .as("%s: answers up to the one that closes", name)
                    .hasSize(1);
        } else {
            assertThat(statuses).as("%s: answers", name).hasSize(outcomes.size() + 1);
            assertThat(answers).endsWith("\r\n\r\nlast");
        }
    }

    private static String exchange(TestNode server, String input, int pieceLength, String behind, boolean cutShort)
            throws IOException {
        try (SSLSocket socket = MEMBER.connect(server.address())) {
            socket.startHandshake();
            try {
                for (int at = 0; at < input.length(); at += pieceLength) {
                    MemberTls.send(socket, input.substring(at, Math.min(input.length(), at + pieceLength)));
                }
                MemberTls.send(socket, behind);
                if (cutShort) {
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                // The server may close before it has read everything; what it answered is still to be read.
                assertThat(pieceLength)
                        .as("only a slow writer meets the close: " + e)
                        .isEqualTo(1);
            }
            return MemberTls.readAll(socket);
        }
    }

    private static List<String> statuses(String answers) {
        List<String> statuses = new ArrayList<>();
        Matcher line = STATUS_LINE.matcher(answers);
        while (line.find()) {
            if (!line.group(1).startsWith("1")) {
                statuses.add(line.group(1));
            }
        }
        return statuses;
    }
}
