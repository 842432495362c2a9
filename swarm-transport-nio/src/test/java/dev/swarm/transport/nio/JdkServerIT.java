package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportException.Kind;
import dev.swarm.transport.nio.ScriptedServer.End;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    private CollectingSink get(String bytes, End end) {
        String target = "/" + TARGETS.incrementAndGet();
        server.answer(target, bytes, end);
        return client.send(server.address(), Lane.CONTROL, Request.get(target));
    }
}
