package dev.swarm.transport.nio;

import dev.swarm.transport.Headers;
import dev.swarm.transport.TransportLimits;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests out of a stream of bytes (RFC 9112, with every ambiguity refused).
 *
 * <p>Resumable at any byte: the events and the verdict do not depend on how the input is cut. After a fault the parser is of
 * no more use. Confined to the event loop of its connection.
 */
final class RequestParser {

    /** What {@link #next} found. */
    enum Step {
        /** All input was read. */
        NEED_MORE,
        /** A head is complete. */
        HEAD,
        /** Bytes of the body are at the input's position. */
        BODY,
        /** The request is complete. */
        END
    }

    private enum Part {
        START,
        REQUEST_LINE,
        FIELDS,
        BODY
    }

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");
    /** Longest method, two blanks and the version. */
    private static final int REQUEST_LINE_REST = 24;

    private final LineReader line;
    private final FieldReader fields = new FieldReader();
    private final BodyDecoder body = new BodyDecoder();

    private Part part = Part.START;
    private String method = "";
    private @Nullable RequestTarget target;
    private @Nullable RequestHead head;
    private int bodyBytes;

    RequestParser(TransportLimits limits) {
        this.line = new LineReader(limits.maxHeadBytes());
    }

    /**
     * Reads on.
     *
     * @throws HttpFault with the status of the refusal
     */
    Step next(ByteBuffer in) throws HttpFault {
        while (part != Part.BODY) {
            if (!line.read(in, maxLine(), part == Part.FIELDS ? 431 : 414)) {
                return Step.NEED_MORE;
            }
            if (endLine()) {
                return Step.HEAD;
            }
        }
        bodyBytes = body.next(in);
        if (bodyBytes != BodyDecoder.END) {
            return bodyBytes == BodyDecoder.NEED_MORE ? Step.NEED_MORE : Step.BODY;
        }
        part = Part.START;
        line.reset();
        return Step.END;
    }

    /** The head that {@link Step#HEAD} announced. */
    RequestHead head() {
        RequestHead current = head;
        if (current == null) {
            throw new IllegalStateException("no request head has been read");
        }
        return current;
    }

    /** How many bytes of body {@link Step#BODY} announced; the caller takes them all. */
    int bodyBytes() {
        return bodyBytes;
    }

    /** Whether part of a head is here. */
    boolean inHead() {
        return part != Part.BODY && line.begun();
    }

    /** Whether a head is here and the end of its request is not. */
    boolean inBody() {
        return part == Part.BODY;
    }

    private int maxLine() {
        return part == Part.FIELDS ? Integer.MAX_VALUE : TransportLimits.DEFAULT_MAX_TARGET_BYTES + REQUEST_LINE_REST;
    }

    private boolean endLine() throws HttpFault {
        boolean headEnds = false;
        if (part == Part.FIELDS && line.length() == 0) {
            endHead();
            headEnds = true;
        } else if (part == Part.FIELDS) {
            fields.add(line);
        } else if (part == Part.START && line.length() == 0) {
            part = Part.REQUEST_LINE;
        } else {
            requestLine();
            part = Part.FIELDS;
        }
        line.clearLine();
        return headEnds;
    }

    private void requestLine() throws HttpFault {
        int first = line.indexOf(' ', 0);
        int second = first < 0 ? -1 : line.indexOf(' ', first + 1);
        if (first < 1 || second <= first + 1 || line.indexOf(' ', second + 1) >= 0) {
            throw new HttpFault(400, "request line is not METHOD SP TARGET SP VERSION");
        }
        method = line.text(0, first);
        boolean known = METHODS.contains(method);
        if (!known && !method.chars().allMatch(FieldReader::isToken)) {
            throw new HttpFault(400, "method is not a token");
        }
        checkVersion(line.text(second + 1, line.length()));
        if (!known) {
            throw new HttpFault(501, "method is none of GET, HEAD, POST, PUT, DELETE");
        }
        if (second - first - 1 > TransportLimits.DEFAULT_MAX_TARGET_BYTES) {
            throw new HttpFault(
                    414, "request target is longer than " + TransportLimits.DEFAULT_MAX_TARGET_BYTES + " bytes");
        }
        target = RequestTarget.parse(line.text(first + 1, second));
    }

    private static void checkVersion(String version) throws HttpFault {
        if (version.equals("HTTP/1.1")) {
            return;
        }
        boolean wellFormed = version.length() == 8
                && version.startsWith("HTTP/")
                && isDigit(version.charAt(5))
                && version.charAt(6) == '.'
                && isDigit(version.charAt(7));
        throw wellFormed
                ? new HttpFault(505, "only HTTP/1.1 is spoken here")
                : new HttpFault(400, "request line does not end in an HTTP version");
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void endHead() throws HttpFault {
        Headers headers = fields.take();
        RequestTarget known = target;
        String host = headers.first("host");
        if (known == null || host == null) {
            throw new HttpFault(400, "request without a Host field");
        }
        if (!isHost(host)) {
            throw new HttpFault(400, "Host field is not a host with an optional port");
        }
        long framing = FieldReader.framing(headers);
        long length = framing == FieldReader.UNSTATED ? 0 : framing;
        boolean bodyless = method.equals("GET") || method.equals("HEAD");
        if (bodyless && length != 0) {
            throw new HttpFault(400, "GET or HEAD with a body");
        }
        head = new RequestHead(
                method, known, headers, length, expectsContinue(headers), FieldReader.asksToClose(headers));
        body.start(length);
        part = Part.BODY;
    }

    /** Looks at the characters alone: which host it is does not matter, as long as no reader takes it for something else. */
    private static boolean isHost(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && ".-_~:[]%".indexOf(c) < 0) {
                return false;
            }
        }
        return !value.isEmpty();
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean expectsContinue(Headers headers) throws HttpFault {
        String expectation = headers.first("expect");
        if (expectation == null) {
            return false;
        }
        if (headers.all("expect").size() > 1 || !expectation.equalsIgnoreCase("100-continue")) {
            throw new HttpFault(417, "expectation other than 100-continue");
        }
        return true;
    }
}
