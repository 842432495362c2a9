package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.swarm.transport.TransportLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestParserTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

    static Stream<Arguments> accepted() {
        return Stream.of(
                argumentSet("get", GET + "\r\n", List.of("GET / {}", "end")),
                argumentSet("one empty line before", "\r\n" + GET + "\r\n", List.of("GET / {}", "end")),
                argumentSet("head", "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", List.of("HEAD /x {}", "end")),
                argumentSet(
                        "two pipelined", GET + "\r\n" + GET + "\r\n", List.of("GET / {}", "end", "GET / {}", "end")),
                argumentSet(
                        "query",
                        "GET /a%20b/c?x=%2F&y&x=2 HTTP/1.1\r\nHost: a\r\n\r\n",
                        List.of("GET /a b/c {x=/, y=}", "end")),
                argumentSet("length", POST + "Content-Length: 5\r\n\r\nhello", List.of("POST / {}", "hello", "end")),
                argumentSet("length nought", GET + "Content-Length: 0\r\n\r\n", List.of("GET / {}", "end")),
                argumentSet("no length", POST + "\r\n", List.of("POST / {}", "end")),
                argumentSet(
                        "chunks",
                        POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00000A\r\n, and more\r\n0\r\n\r\n",
                        List.of("POST / {}", "hello, and more", "end")),
                argumentSet(
                        "empty chunked, in other letters",
                        POST + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n" + GET + "\r\n",
                        List.of("POST / {}", "end", "GET / {}", "end")),
                argumentSet(
                        "expectation",
                        POST + "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
                        List.of("POST / {} expects", "x", "end")),
                argumentSet("close", GET + "Connection: foo, Close\r\n\r\n", List.of("GET / {} closes", "end")),
                argumentSet("value with 8-bit bytes", GET + "X: \u00e4\tb \r\n\r\n", List.of("GET / {}", "end")),
                argumentSet("empty value", GET + "X:\r\n\r\n", List.of("GET / {}", "end")),
                argumentSet(
                        "target at its limit",
                        "GET /" + "a".repeat(2_047) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                        List.of("GET /" + "a".repeat(2_047) + " {}", "end")),
                argumentSet("fields at their limit", GET + "X: y\r\n".repeat(63) + "\r\n", List.of("GET / {}", "end")));
    }

    static Stream<Arguments> refused() {
        return Stream.of(refusedLines(), refusedHeads(), refusedBodies()).flatMap(cases -> cases);
    }

    private static Stream<Arguments> refusedLines() {
        return Stream.of(
                argumentSet("bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400),
                argumentSet("carriage return alone", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
                argumentSet("NUL", "GET /\0 HTTP/1.1\r\n", 400),
                argumentSet("two empty lines before", "\r\n\r\n" + GET + "\r\n", 400),
                argumentSet("blank before", " GET / HTTP/1.1\r\n", 400),
                argumentSet("two blanks", "GET  / HTTP/1.1\r\n", 400),
                argumentSet("blank behind", "GET / HTTP/1.1 \r\n", 400),
                argumentSet("tab", "GET\t/ HTTP/1.1\r\n", 400),
                argumentSet("no version", "GET /\r\n", 400),
                argumentSet("version 1.0", "GET / HTTP/1.0\r\n", 505),
                argumentSet("version 2", "PRI * HTTP/2.0\r\n", 505),
                argumentSet("version in lower case", "GET / http/1.1\r\n", 400),
                argumentSet("version with two digits", "GET / HTTP/1.10\r\n", 400),
                argumentSet("unknown method", "BREW / HTTP/1.1\r\n", 501),
                argumentSet("method in lower case", "get / HTTP/1.1\r\n", 501),
                argumentSet("method not a token", "G(T / HTTP/1.1\r\n", 400),
                argumentSet("absolute form", "GET http://a/ HTTP/1.1\r\n", 400),
                argumentSet("asterisk form", "GET * HTTP/1.1\r\n", 400),
                argumentSet("target too long", "GET /" + "a".repeat(2_048) + " HTTP/1.1\r\n", 414),
                argumentSet("endless request line", "GET /" + "a".repeat(5_000), 414),
                argumentSet("encoded NUL", "GET /%00 HTTP/1.1\r\n", 400),
                argumentSet("encoded slash", "GET /a%2fb HTTP/1.1\r\n", 400),
                argumentSet("encoded backslash", "GET /a%5Cb HTTP/1.1\r\n", 400),
                argumentSet("encoded line end in the query", "GET /?a=%0d%0a HTTP/1.1\r\n", 400),
                argumentSet("dot segment", "GET /a/../b HTTP/1.1\r\n", 400),
                argumentSet("encoded dot segment", "GET /a/%2e%2E/b HTTP/1.1\r\n", 400),
                argumentSet("half an escape", "GET /a%2 HTTP/1.1\r\n", 400),
                argumentSet("escape that is not UTF-8", "GET /a%ff HTTP/1.1\r\n", 400),
                argumentSet("8-bit target", "GET /\u00e4 HTTP/1.1\r\n", 400),
                argumentSet("fragment", "GET /#a HTTP/1.1\r\n", 400));
    }

    private static Stream<Arguments> refusedHeads() {
        return Stream.of(
                argumentSet("no host", "GET / HTTP/1.1\r\n\r\n", 400),
                argumentSet("two hosts", GET + "Host: a\r\n\r\n", 400),
                argumentSet("folded line", GET + "X: a\r\n b\r\n\r\n", 400),
                argumentSet("blank before the colon", GET + "X : a\r\n\r\n", 400),
                argumentSet("no colon", GET + "X\r\n\r\n", 400),
                argumentSet("no name", GET + ": a\r\n\r\n", 400),
                argumentSet("control byte in a value", GET + "X: a\u0001b\r\n\r\n", 400),
                argumentSet("too many fields", GET + "X: y\r\n".repeat(64) + "\r\n", 431),
                argumentSet("head too long", GET + "X: " + "y".repeat(17_000) + "\r\n\r\n", 431),
                argumentSet("two ranges", GET + "Range: bytes=0-1\r\nrange: bytes=0-1\r\n\r\n", 400),
                argumentSet("two authorizations", GET + "Authorization: a\r\nAuthorization: a\r\n\r\n", 400),
                argumentSet("other expectation", POST + "Expect: tea\r\n\r\n", 417));
    }

    private static Stream<Arguments> refusedBodies() {
        String chunked = POST + "Transfer-Encoding: chunked\r\n";
        return Stream.of(
                argumentSet("two equal lengths", POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
                argumentSet("list of lengths", POST + "Content-Length: 5, 5\r\n\r\nhello", 400),
                argumentSet("length with plus", POST + "Content-Length: +5\r\n\r\nhello", 400),
                argumentSet("negative length", POST + "Content-Length: -5\r\n\r\nhello", 400),
                argumentSet("hexadecimal length", POST + "Content-Length: 0x5\r\n\r\nhello", 400),
                argumentSet("empty length", POST + "Content-Length:\r\n\r\n", 400),
                argumentSet("length beyond 2^53", POST + "Content-Length: 9007199254740993\r\n\r\n", 400),
                argumentSet("length beyond a long", POST + "Content-Length: 99999999999999999999\r\n\r\n", 400),
                argumentSet("length and chunked", chunked + "Content-Length: 5\r\n\r\n", 400),
                argumentSet("other coding", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
                argumentSet("coding twice", chunked + "Transfer-Encoding: chunked\r\n\r\n", 400),
                argumentSet("get with length", GET + "Content-Length: 1\r\n\r\nx", 400),
                argumentSet("get with chunks", GET + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                argumentSet("chunk extension", chunked + "\r\n5;a=b\r\nhello\r\n", 400),
                argumentSet("blank behind a chunk size", chunked + "\r\n5 \r\nhello\r\n", 400),
                argumentSet("no chunk size", chunked + "\r\n\r\nhello\r\n", 400),
                argumentSet("chunk size with 0x", chunked + "\r\n0x5\r\nhello\r\n", 400),
                argumentSet("nine digits", chunked + "\r\n000000005\r\nhello\r\n", 400),
                argumentSet("chunk over 16 MiB", chunked + "\r\n1000001\r\n", 413),
                argumentSet("chunk size ended by line feed", chunked + "\r\n5\nhello\r\n", 400),
                argumentSet("chunk longer than its size", chunked + "\r\n4\r\nhello\r\n", 400),
                argumentSet("trailer", chunked + "\r\n0\r\nX: y\r\n\r\n", 400));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void next_wellFormed_givesItsEvents(String input, List<String> events) {
        assertThat(parse(input, input.length())).isEqualTo(events);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void next_notWellFormed_isRefusedWithStatus(String input, int status) {
        assertThat(parse(input, input.length())).last().isEqualTo("refused " + status);
    }

    @ParameterizedTest
    @MethodSource({"accepted", "refused"})
    void next_anySplit_givesTheSameEvents(String input, Object expected) {
        List<String> whole = parse(input, input.length());

        assertThat(expected).isNotNull();
        for (int split = 1; split < input.length(); split++) {
            assertThat(parse(input, split)).as("split at " + split).isEqualTo(whole);
        }
        assertThat(parseByteByByte(input)).isEqualTo(whole);
    }

    @Test
    void inHead_tellsWhetherPartOfAHeadIsHere() throws HttpFault {
        RequestParser parser = new RequestParser(TransportLimits.builder().build());
        assertThat(parser.inHead()).isFalse();

        parser.next(bytes("G"));
        assertThat(parser.inHead()).isTrue();

        parser.next(bytes("ET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        assertThat(parser.inHead()).isFalse();
        assertThat(parser.inBody()).isTrue();

        parser.next(bytes(""));
        assertThat(parser.inBody()).isFalse();
    }

    private static List<String> parse(String input, int split) {
        return feed(List.of(bytes(input.substring(0, split)), bytes(input.substring(split))));
    }

    private static List<String> parseByteByByte(String input) {
        return feed(input.chars().mapToObj(c -> bytes(String.valueOf((char) c))).toList());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> feed(List<ByteBuffer> pieces) {
        RequestParser parser = new RequestParser(TransportLimits.builder().build());
        List<String> events = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        try {
            for (ByteBuffer piece : pieces) {
                RequestParser.Step step = parser.next(piece);
                while (step != RequestParser.Step.NEED_MORE) {
                    note(step, parser, piece, events, body);
                    step = parser.next(piece);
                }
            }
        } catch (HttpFault e) {
            events.add("refused " + e.status());
        }
        return events;
    }

    private static void note(
            RequestParser.Step step, RequestParser parser, ByteBuffer piece, List<String> events, StringBuilder body) {
        switch (step) {
            case HEAD -> events.add(describe(parser.head()));
            case BODY -> {
                byte[] data = new byte[parser.bodyBytes()];
                piece.get(data);
                body.append(new String(data, StandardCharsets.ISO_8859_1));
            }
            case END -> {
                if (!body.isEmpty()) {
                    events.add(body.toString());
                    body.setLength(0);
                }
                events.add("end");
            }
            case NEED_MORE -> throw new AssertionError(step);
        }
    }

    private static String describe(RequestHead head) {
        return head.method() + " " + head.target().path() + " " + head.target().query()
                + (head.expectsContinue() ? " expects" : "") + (head.closes() ? " closes" : "");
    }
}
