package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of responses against the whole client, over TLS. */
class ResponseTableIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final AtomicInteger TARGETS = new AtomicInteger();

    private static ScriptedServer server;
    private static TestNode client;

    @BeforeAll
    static void open() throws Exception {
        server = new ScriptedServer(new MemberTls(FLEET, FLEET.node("jdk")));
        client = new TestNode(new NioTransportProvider(), FLEET.node("client"));
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        server.close();
    }

    static Stream<Arguments> cases() {
        return CaseTable.read("responses.txt", 4).rows().stream()
                .map(row -> Arguments.of(row.get(1), row.get(2), row.get(3), row.get(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void get_caseOfTheTable_endsWithItsVerdict(String name, String asked, String input, String verdict) {
        String first = verdict.split(" then ", -1)[0];

        CollectingSink answer = send(asked, input, End.CLOSE);

        if (first.equals("refused")) {
            assertThat(answer.failure().kind()).as(name).isEqualTo(Kind.PROTOCOL);
        } else if (first.endsWith("more")) {
            assertThat(answer.failure().kind()).as(name).isEqualTo(Kind.TRUNCATED);
        } else {
            String body = new String(answer.body(), StandardCharsets.ISO_8859_1);
            assertThat(answer.status() + (body.isEmpty() ? "" : " \"" + body + '"'))
                    .as(name)
                    .isEqualTo(first.replace(" closes", ""));
        }
    }

    private static CollectingSink send(String asked, String bytes, End end) {
        String target = "/" + TARGETS.incrementAndGet();
        server.answer(target, bytes, end);
        String[] parts = asked.split(" ", 2);
        Headers fields = parts.length == 1 ? Headers.empty() : Headers.of("Range", parts[1]);
        return client.send(
                server.address(), Lane.CONTROL, new Request(parts[0], target, fields, ByteBuffer.allocate(0)));
    }
}
