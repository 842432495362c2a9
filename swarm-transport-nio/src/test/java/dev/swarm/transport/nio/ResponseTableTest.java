package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.TransportLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of responses against the parser. */
class ResponseTableTest {

    static Stream<Arguments> cases() {
        return CaseTable.read("responses.txt", 4).rows().stream()
                .map(row -> Arguments.of(row.get(1), row.get(2), row.get(3), row.get(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void next_case_givesItsVerdict(String name, String asked, String input, String verdict) {
        assertThat(verdict(asked, Pieces.whole(input))).as(name).isEqualTo(verdict);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void next_caseInPieces_givesTheSameVerdict(String name, String asked, String input, String verdict) {
        assertThat(Pieces.deviations(input, pieces -> verdict(asked, pieces)))
                .as("%s, which gives %s whole: cuts", name, verdict)
                .isEmpty();
    }

    private static String verdict(String asked, List<ByteBuffer> pieces) {
        ResponseParser parser = new ResponseParser(TransportLimits.builder().build());
        int blank = asked.indexOf(' ');
        parser.expect(blank < 0 ? asked : asked.substring(0, blank), blank < 0 ? null : asked.substring(blank + 1));
        List<String> taken = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        try {
            for (ByteBuffer piece : pieces) {
                ResponseParser.Step step = parser.next(piece);
                while (step != ResponseParser.Step.NEED_MORE) {
                    note(step, parser, piece, taken, body);
                    step = parser.next(piece);
                }
            }
        } catch (HttpFault e) {
            dropUnfinished(parser, taken);
            taken.add("refused");
            return String.join(" then ", taken);
        }
        if (parser.inBody()) {
            taken.set(taken.size() - 1, taken.get(taken.size() - 1) + " more");
        } else if (parser.hasBegun()) {
            taken.add("more");
        }
        return String.join(" then ", taken);
    }

    /** A response that is refused in its body is one refusal, wherever in it that was. */
    private static void dropUnfinished(ResponseParser parser, List<String> taken) {
        if (parser.inBody()) {
            taken.remove(taken.size() - 1);
        }
    }

    private static void note(
            ResponseParser.Step step, ResponseParser parser, ByteBuffer piece, List<String> taken, StringBuilder body) {
        switch (step) {
            case HEAD -> taken.add(parser.head().status() + (parser.closes() ? " closes" : ""));
            case BODY -> {
                byte[] data = new byte[parser.bodyBytes()];
                piece.get(data);
                body.append(new String(data, StandardCharsets.ISO_8859_1));
            }
            case END -> {
                if (!body.isEmpty()) {
                    taken.set(taken.size() - 1, taken.get(taken.size() - 1) + " \"" + body + '"');
                    body.setLength(0);
                }
            }
            case NEED_MORE -> throw new AssertionError(step);
        }
    }
}
