package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.swarm.transport.TransportLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseParserTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String INTERIM = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";

    static Stream<Arguments> accepted() {
        return Stream.of(
                argumentSet("length", "GET", OK + "Content-Length: 5\r\n\r\nhello", List.of("200", "hello", "end")),
                argumentSet("nothing", "GET", OK + "Content-Length: 0\r\n\r\n", List.of("200", "end")),
                argumentSet("empty reason", "GET", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", List.of("404", "end")),
                argumentSet(
                        "chunks",
                        "GET",
                        OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                        List.of("200", "hello", "end")),
                argumentSet("to HEAD", "HEAD", OK + "Content-Length: 5\r\n\r\n", List.of("200", "end")),
                argumentSet("no content", "GET", "HTTP/1.1 204 No Content\r\n\r\n", List.of("204", "end")),
                argumentSet(
                        "not modified",
                        "GET",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                        List.of("304", "end")),
                argumentSet(
                        "eight interim",
                        "GET",
                        INTERIM.repeat(8) + OK + "Content-Length: 0\r\n\r\n",
                        List.of("200", "end")),
                argumentSet(
                        "closing",
                        "GET",
                        OK + "Connection: close\r\nContent-Length: 0\r\n\r\n",
                        List.of("200 closes", "end")),
                argumentSet(
                        "two in a row",
                        "GET",
                        OK + "Content-Length: 1\r\n\r\na" + OK + "Content-Length: 1\r\n\r\nb",
                        List.of("200", "a", "end", "200", "b", "end")));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                argumentSet("no length", "GET", OK + "\r\nhello"),
                argumentSet("both lengths", "GET", OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
                argumentSet("two lengths", "GET", OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
                argumentSet("older version", "GET", "HTTP/1.0 200 OK\r\n"),
                argumentSet("no blank behind the code", "GET", "HTTP/1.1 200\r\n"),
                argumentSet("code of two digits", "GET", "HTTP/1.1 20 OK\r\n"),
                argumentSet("code with sign", "GET", "HTTP/1.1 +20 OK\r\n"),
                argumentSet("code 600", "GET", "HTTP/1.1 600 Much\r\n"),
                argumentSet("bare line feeds", "GET", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                argumentSet("empty line before", "GET", "\r\n" + OK),
                argumentSet("nine interim", "GET", INTERIM.repeat(9) + OK + "Content-Length: 0\r\n\r\n"),
                argumentSet("switched protocols", "GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
                argumentSet("encoded content", "GET", OK + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
                argumentSet("chunk extension", "GET", OK + "Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n"),
                argumentSet("body longer than declared", "GET", OK + "Content-Length: 2\r\n\r\nhello" + OK),
                argumentSet("body to HEAD", "HEAD", OK + "Content-Length: 5\r\n\r\nhello" + OK),
                argumentSet(
                        "part that was not asked for",
                        "GET",
                        "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 5\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void next_wellFormed_givesItsEvents(String method, String input, List<String> events) {
        assertThat(parse(method, input, input.length())).isEqualTo(events);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void next_notWellFormed_isRefused(String method, String input) {
        assertThat(parse(method, input, input.length())).last().isEqualTo("refused");
    }

    @ParameterizedTest
    @MethodSource("all")
    void next_anySplit_givesTheSameEvents(String method, String input) {
        List<String> whole = parse(method, input, input.length());

        for (int split = 1; split < input.length(); split++) {
            assertThat(parse(method, input, split)).as("split at " + split).isEqualTo(whole);
        }
        assertThat(feed(method, null, byByte(input))).isEqualTo(whole);
    }

    static Stream<Arguments> all() {
        return Stream.concat(accepted(), refused()).map(a -> Arguments.of(a.get()[0], a.get()[1]));
    }

    @ParameterizedTest(name = "asked {0}, sent {1} with {2} bytes: {3}")
    @CsvSource({
        "bytes=0-4,      bytes 0-4/9,   5, 206",
        "bytes=0-4,      bytes 0-2/9,   3, 206",
        "bytes=5-,       bytes 5-8/9,   4, 206",
        "bytes=-3,       bytes 6-8/9,   3, 206",
        "bytes=-3,       bytes 6-8/*,   3, 206",
        "bytes=0-4,      bytes 1-4/9,   4, refused",
        "bytes=0-4,      bytes 0-5/9,   6, refused",
        "bytes=0-4,      bytes 0-4/9,   4, refused",
        "bytes=0-4,      bytes 0-4/4,   5, refused",
        "bytes=0-4,      bytes 4-0/9,   5, refused",
        "bytes=-3,       bytes 5-7/9,   3, refused",
        "bytes=-3,       bytes 5-8/9,   4, refused",
        "'bytes=0-1,3-4', bytes 0-1/9,  2, refused",
        "bytes=0-4,      multipart,     5, refused",
        "'',             bytes 0-4/9,   5, refused",
    })
    void next_partialContent_hasToBeWhatWasAsked(String asked, String sent, int length, String verdict) {
        String input = "HTTP/1.1 206 Partial\r\nContent-Range: " + sent + "\r\nContent-Length: " + length + "\r\n\r\n";

        List<String> events = feed("GET", asked.isEmpty() ? null : asked, List.of(bytes(input)));

        assertThat(events).first().isEqualTo(verdict);
    }

    private static List<String> parse(String method, String input, int split) {
        return feed(method, null, List.of(bytes(input.substring(0, split)), bytes(input.substring(split))));
    }

    private static List<ByteBuffer> byByte(String input) {
        return input.chars().mapToObj(c -> bytes(String.valueOf((char) c))).toList();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> feed(String method, String range, List<ByteBuffer> pieces) {
        ResponseParser parser = new ResponseParser(TransportLimits.builder().build());
        parser.expect(method, range);
        List<String> events = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        try {
            for (ByteBuffer piece : pieces) {
                ResponseParser.Step step = parser.next(piece);
                while (step != ResponseParser.Step.NEED_MORE) {
                    note(step, parser, piece, events, body);
                    step = parser.next(piece);
                }
            }
        } catch (HttpFault e) {
            events.add("refused");
        }
        return events;
    }

    private static void note(
            ResponseParser.Step step,
            ResponseParser parser,
            ByteBuffer piece,
            List<String> events,
            StringBuilder body) {
        switch (step) {
            case HEAD -> events.add(parser.head().status() + (parser.closes() ? " closes" : ""));
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
}
