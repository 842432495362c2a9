package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportException.Kind;
import dev.swarm.transport.nio.ScriptedServer.End;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The client against a server on the JDK's own sockets that says what it should and what it should not. */
class JdkServerIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("jdk"));
    private static final AtomicInteger TARGETS = new AtomicInteger();
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String HELLO = OK + "Content-Length: 5\r\n\r\nhello";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

    private ScriptedServer server;
    private TestNode client;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedServer(MEMBER);
        client = new TestNode(new NioTransportProvider(), FLEET.node("client"));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void get_lengthThenChunks_useOneConnection() {
        assertThat(get(HELLO, End.STAY).text()).isEqualTo("hello");
        assertThat(get(CHUNKED + "0\r\n\r\n", End.STAY).text()).isEqualTo("hello");
        assertThat(get(HELLO, End.STAY).text()).isEqualTo("hello");

        assertThat(server.targets()).filteredOn(","::equals).hasSize(1);
    }

    @Test
    void get_interimResponsesBefore_areSkipped() {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";

        assertThat(get("HTTP/1.1 100 Continue\r\n\r\n" + hints + HELLO, End.STAY)
                        .text())
                .isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HALF_CLOSE", "CUT"})
    void get_connectionEndsBehindTheDeclaredLength_isComplete(End end) {
        assertThat(get(HELLO, end).text()).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HALF_CLOSE", "CUT", "RESET"})
    void get_connectionEndsWithinTheDeclaredLength_isTruncated(End end) {
        CollectingSink answer = get(OK + "Content-Length: 6\r\n\r\nhello", end);

        assertThat(answer.failure().kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(answer.lastCalls()).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HALF_CLOSE", "CUT", "RESET"})
    void get_connectionEndsBeforeTheLastChunk_isTruncated(End end) {
        assertThat(get(CHUNKED, end).failure().kind()).isEqualTo(Kind.TRUNCATED);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HALF_CLOSE", "CUT", "RESET"})
    void get_connectionEndsWithoutAnAnswer_isTruncated(End end) {
        assertThat(get("", end).failure().kind()).isEqualTo(Kind.TRUNCATED);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HALF_CLOSE", "CUT", "RESET"})
    void get_keptConnectionEnded_isSentAgainOnAnother(End end) {
        assertThat(get(HELLO, End.STAY).text()).isEqualTo("hello");
        server.answer("/stale", "", end);
        CollectingSink stale = client.send(server.address(), Lane.CONTROL, Request.get("/stale"));
        assertThat(stale.failure().kind()).isEqualTo(Kind.TRUNCATED);

        assertThat(server.targets()).filteredOn("/stale"::equals).as("tries").hasSize(2);
        assertThat(get(HELLO, End.STAY).text()).isEqualTo("hello");
    }

    @Test
    void get_moreThanDeclared_isNotTakenForTheNextAnswer() {
        assertThat(get(HELLO + HELLO.replace("hello", "wrong"), End.STAY).text())
                .isEqualTo("hello");

        assertThat(get(HELLO, End.STAY).text()).isEqualTo("hello");
    }

    static Stream<Arguments> cases() {
        return CaseTable.read("responses.txt", 4).rows().stream()
                .map(row -> argumentSet(row.get(1), row.get(2), row.get(3), row.get(0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void get_caseOfTheTable_endsWithItsVerdict(String asked, String input, String verdict) {
        String first = verdict.split(" then ", -1)[0];

        CollectingSink answer = send(asked, input, End.CLOSE);

        if (first.equals("refused")) {
            assertThat(answer.failure().kind()).isEqualTo(Kind.PROTOCOL);
        } else if (first.endsWith("more")) {
            assertThat(answer.failure().kind()).isEqualTo(Kind.TRUNCATED);
        } else {
            String body = new String(answer.body(), StandardCharsets.ISO_8859_1);
            assertThat(answer.status() + (body.isEmpty() ? "" : " \"" + body + '"'))
                    .isEqualTo(first.replace(" closes", ""));
        }
    }

    private CollectingSink get(String bytes, End end) {
        return send("GET", bytes, end);
    }

    private CollectingSink send(String asked, String bytes, End end) {
        String target = "/" + TARGETS.incrementAndGet();
        server.answer(target, bytes, end);
        String[] parts = asked.split(" ", 2);
        Headers fields = parts.length == 1 ? Headers.empty() : Headers.of("Range", parts[1]);
        return client.send(
                server.address(), Lane.CONTROL, new Request(parts[0], target, fields, ByteBuffer.allocate(0)));
    }
}
