package dev.swarm.transport.nio;

import static dev.swarm.transport.nio.ScriptedEnd.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Request;
import dev.swarm.transport.nio.Conversation.Protection;
import dev.swarm.transport.nio.ScriptedEnd.Hear;
import dev.swarm.transport.nio.ScriptedEnd.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.LongToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However reads and writes cut a recorded conversation, both ends make the same of it. */
class SplitConversationTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);
    private static final int SEEDS = 40;

    /** Asks what there is to ask, with keep-alive and pipelining, waits for 100, and ends with what has to be refused. */
    private static final List<Step> CLIENT = List.of(
            send("""
                    GET /pattern/900 HTTP/1.1
                    Host: a

                    HEAD /pattern/70 HTTP/1.1
                    Host: a
                    X-Note: b


                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 11

                    hello therePOST /echo HTTP/1.1
                    Host: a
                    Transfer-Encoding: chunked

                    5
                    chunk
                    1
                    \s
                    00b
                    after chunk
                    0

                    """),
            new Hear("after chunk"),
            send("""
                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 6
                    Expect: 100-continue

                    """),
            new Hear("100 Continue\r\n\r\n"),
            send("waited"),
            new Hear("waited"),
            send("""
                    GET /query?a=%41&b=2 HTTP/1.1
                    Host: a

                    GET /none HTTP/1.1
                    Host: a

                    DELETE /echo HTTP/1.1
                    Host: a

                    GET /pattern/3 HTTP/1.1
                    Host: a
                    Content-Length : 0

                    GET /never HTTP/1.1
                    """));

    /** Answers with every framing that is taken, interim answers before one, and breaks off in the last. */
    private static final List<Step> SERVER = List.of(
            new Hear("HEAD /a"),
            send("""
                    HTTP/1.1 200 OK
                    Content-Length: 5
                    X-Peers: 10.0.0.2:1531

                    """),
            new Hear("POST /b"),
            new Hear("over"),
            send("""
                    HTTP/1.1 100 Continue

                    HTTP/1.1 103 Early
                    Link: x

                    HTTP/1.1 200\s
                    Transfer-Encoding: chunked

                    3
                    sec
                    A
                    ond answer
                    0

                    HTTP/1.1 206 Partial Content
                    Content-Range: bytes 2-4/9
                    Content-Length: 3

                    cde"""),
            new Hear("GET /d"),
            send("""
                    HTTP/1.1 200 OK
                    Content-Length: 10
                    Connection: close

                    only"""),
            new ScriptedEnd.Finish());

    private static final List<Request> REQUESTS = List.of(
            new Request("HEAD", "/a", Headers.empty(), text("")),
            new Request("POST", "/b", Headers.empty(), text("x".repeat(9_000) + "over")),
            Request.get("/c").with("Range", "bytes=2-4"),
            Request.get("/d"));

    @Test
    void serve_recordedClient_hearsTheseAnswers() {
        String heard = new Conversation(SplitConversationTest::whole, SplitConversationTest::whole)
                .serve(Protection.TLS, CLIENT);

        String fields = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: %d\r\ncontent-type: text/plain\r\n\r\n";
        String pattern = new String(PatternContent.bytes(0, 900), StandardCharsets.ISO_8859_1);
        assertThat(heard)
                .startsWith("HTTP/1.1 200 OK\r\n" + fields.formatted(900) + pattern
                        + "HTTP/1.1 200 OK\r\n" + fields.formatted(70)
                        + "HTTP/1.1 200 OK\r\n" + fields.formatted(11) + "hello there"
                        + "HTTP/1.1 200 OK\r\n" + fields.formatted(17) + "chunk after chunk"
                        + "HTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\n" + fields.formatted(6) + "waited"
                        + "HTTP/1.1 200 OK\r\n" + fields.formatted(10) + "{a=A, b=2}")
                .contains("HTTP/1.1 404 Not Found\r\n", "HTTP/1.1 405 Method Not Allowed\r\n", "allow: POST\r\n")
                .contains("HTTP/1.1 400 Bad Request\r\n", "Connection: close\r\n")
                .endsWith("<end>")
                .doesNotContain("never");
    }

    @Test
    void ask_recordedServer_sinksHearTheseAnswers() {
        List<String> answers = new Conversation(SplitConversationTest::whole, SplitConversationTest::whole)
                .ask(Protection.TLS, REQUESTS, SERVER);

        assertThat(answers)
                .containsExactly(
                        "200 content-length=5 x-peers=10.0.0.2:1531 [] end",
                        "200 transfer-encoding=chunked [second answer] end",
                        "206 content-range=bytes 2-4/9 content-length=3 [cde] end",
                        "200 content-length=10 connection=close [only TRUNCATED");
    }

    @Test
    void ask_finalAnswerLongAfterContinue_isAwaitedLikeAnyAnswer() {
        assertThat(answerAfterContinueAnd(Duration.ofSeconds(29))).containsExactly("200 content-length=2 [ok] end");
    }

    @Test
    void ask_noAnswerAfterContinue_timesOut() {
        assertThat(answerAfterContinueAnd(Duration.ofSeconds(31))).containsExactly(" TIMEOUT");
    }

    @Test
    void ask_recordThatComesInPieces_sinkIsToldOfEachBeforeItsHead() {
        assertThat(piecesToldBeforeHead(10_000) - piecesToldBeforeHead(0)).isBetween(98, 102);
    }

    private static int piecesToldBeforeHead(int bodyLength) {
        Conversation conversation = new Conversation(position -> 100, SplitConversationTest::whole);
        List<Step> server = List.of(
                new Hear("GET /d"),
                send("HTTP/1.1 200 OK\nContent-Length: %d\n\n".formatted(bodyLength) + "x".repeat(bodyLength)),
                new ScriptedEnd.Finish());
        assertThat(conversation.ask(Protection.TLS, List.of(Request.get("/d")), server))
                .singleElement()
                .asString()
                .endsWith("] end");
        return conversation.signsBeforeHead();
    }

    private static List<String> answerAfterContinueAnd(Duration silence) {
        List<Step> server = List.of(
                new Hear("over"),
                send("HTTP/1.1 100 Continue\n\n"),
                new ScriptedEnd.Pause(silence),
                send("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
                new ScriptedEnd.Finish());
        Request upload = new Request("POST", "/b", Headers.empty(), text("over"));
        return new Conversation(SplitConversationTest::whole, SplitConversationTest::whole)
                .ask(Protection.NONE, List.of(upload), server);
    }

    @ParameterizedTest
    @EnumSource(Protection.class)
    void serve_readsAndWritesOfOneSize_answersAreTheSame(Protection protection) {
        everyCallOfOneSize(protection, SplitConversationTest::serve);
    }

    @ParameterizedTest
    @EnumSource(Protection.class)
    void ask_readsAndWritesOfOneSize_answersAreTheSame(Protection protection) {
        everyCallOfOneSize(protection, SplitConversationTest::ask);
    }

    @ParameterizedTest
    @EnumSource(Protection.class)
    void serve_readsAndWritesOfRandomSizes_answersAreTheSame(Protection protection) {
        randomSizes(protection, SplitConversationTest::serve);
    }

    @ParameterizedTest
    @EnumSource(Protection.class)
    void ask_readsAndWritesOfRandomSizes_answersAreTheSame(Protection protection) {
        randomSizes(protection, SplitConversationTest::ask);
    }

    @Test
    void serve_cutOnceAtEveryByte_answersAreTheSame() {
        everyCut(SplitConversationTest::serve);
    }

    @Test
    void ask_cutOnceAtEveryByte_answersAreTheSame() {
        everyCut(SplitConversationTest::ask);
    }

    private static String serve(Conversation conversation, Protection protection) {
        return conversation.serve(protection, CLIENT);
    }

    private static String ask(Conversation conversation, Protection protection) {
        return String.join("\n", conversation.ask(protection, REQUESTS, SERVER));
    }

    private static int whole(long position) {
        return Integer.MAX_VALUE;
    }

    private static void everyCallOfOneSize(Protection protection, BiFunction<Conversation, Protection, String> talk) {
        String expected =
                talk.apply(new Conversation(SplitConversationTest::whole, SplitConversationTest::whole), protection);
        for (int size : new int[] {1, 2, 3, 5, 7, 16, 61, 256, 1_021, 16_384}) {
            assertThat(talk.apply(new Conversation(position -> size, position -> size), protection))
                    .as("%d bytes a call", size)
                    .isEqualTo(expected);
            assertThat(talk.apply(new Conversation(position -> size, SplitConversationTest::whole), protection))
                    .as("%d bytes a read", size)
                    .isEqualTo(expected);
        }
    }

    private static void randomSizes(Protection protection, BiFunction<Conversation, Protection, String> talk) {
        String expected =
                talk.apply(new Conversation(SplitConversationTest::whole, SplitConversationTest::whole), protection);
        for (long seed = SEED; seed < SEED + SEEDS; seed++) {
            Random random = new Random(seed);
            LongToIntFunction sizes = position -> 1 + random.nextInt(1 << random.nextInt(14));
            assertThat(talk.apply(new Conversation(sizes, sizes), protection))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    /** Without protection a position in the stream is a position in the messages, so each can be cut. */
    private static void everyCut(BiFunction<Conversation, Protection, String> talk) {
        Conversation whole = new Conversation(SplitConversationTest::whole, SplitConversationTest::whole);
        String expected = talk.apply(whole, Protection.NONE);
        for (long cut = 1; cut < whole.bytes(); cut++) {
            long at = cut;
            LongToIntFunction sizes = position -> position < at ? (int) (at - position) : Integer.MAX_VALUE;
            assertThat(talk.apply(new Conversation(sizes, sizes), Protection.NONE))
                    .as("cut at %d", at)
                    .isEqualTo(expected);
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
