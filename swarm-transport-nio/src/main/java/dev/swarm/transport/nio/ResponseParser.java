package dev.swarm.transport.nio;

import dev.swarm.transport.Headers;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.TransportLimits;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads responses out of a stream of bytes, as strictly as {@link RequestParser} reads requests.
 *
 * <p>A response whose end only the connection's end would tell is refused: it could not be told from a truncated one.
 * Resumable at any byte. Confined to the event loop of its connection.
 */
final class ResponseParser {

    /** What {@link #next} found. */
    enum Step {
        /** All input was read. */
        NEED_MORE,
        /** The head of a final response is complete. */
        HEAD,
        /** Bytes of the body are at the input's position. */
        BODY,
        /** The response is complete. */
        END
    }

    private enum Part {
        STATUS_LINE,
        FIELDS,
        BODY
    }

    /** Interim responses taken before one final response; a server that sends more keeps its client busy for nothing. */
    private static final int MAX_INTERIM = 8;

    private static final int STATUS_AT = 9;
    private static final int REASON_AT = 13;

    private final LineReader line;
    private final FieldReader fields = new FieldReader();
    private final BodyDecoder body = new BodyDecoder();

    private Part part = Part.STATUS_LINE;
    private boolean bodyless;
    private @Nullable String range;
    private int interim;
    private boolean continued;
    private int status;
    private @Nullable ResponseHead head;
    private boolean closes;
    private int bodyBytes;

    ResponseParser(TransportLimits limits) {
        this.line = new LineReader(limits.maxHeadBytes());
    }

    /** Says what the next response answers: a request of that method and with that {@code Range}, if any. */
    void expect(String method, @Nullable String requestedRange) {
        bodyless = method.equals("HEAD");
        range = requestedRange;
    }

    /** Reads on. */
    Step next(ByteBuffer in) throws HttpFault {
        while (part != Part.BODY) {
            if (!line.read(in, Integer.MAX_VALUE, 431)) {
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
        part = Part.STATUS_LINE;
        line.reset();
        return Step.END;
    }

    /** The head that {@link Step#HEAD} announced. */
    ResponseHead head() {
        ResponseHead current = head;
        if (current == null) {
            throw new IllegalStateException("no response head has been read");
        }
        return current;
    }

    /** Whether the server has said, since this was asked last, that it wants the body of the request (100). */
    boolean takeContinue() {
        boolean said = continued;
        continued = false;
        return said;
    }

    /** How many bytes of body {@link Step#BODY} announced; the caller takes them all. */
    int bodyBytes() {
        return bodyBytes;
    }

    /** How many bytes of the body are left, as far as it is known. */
    long bodyBytesLeft() {
        return part == Part.BODY ? body.remaining() : 0;
    }

    /** Whether the last head said that the server closes after it. */
    boolean closes() {
        return closes;
    }

    /** Whether part of a head is here. An interim response is an answer of its own: behind it no head has begun. */
    boolean inHead() {
        return part != Part.BODY && line.begun();
    }

    /** Whether the server has said anything to the request that is at the front, be it an interim response. */
    boolean hasBegun() {
        return part == Part.BODY || line.begun() || interim > 0;
    }

    boolean inBody() {
        return part == Part.BODY;
    }

    private boolean endLine() throws HttpFault {
        boolean headEnds = false;
        if (part == Part.STATUS_LINE) {
            statusLine();
            part = Part.FIELDS;
        } else if (line.length() > 0) {
            fields.add(line);
        } else if (status / 100 == 1) {
            skipInterim();
        } else {
            endHead();
            headEnds = true;
        }
        line.clearLine();
        return headEnds;
    }

    private void statusLine() throws HttpFault {
        boolean shaped = line.length() >= REASON_AT
                && line.text(0, STATUS_AT).equals("HTTP/1.1 ")
                && line.at(REASON_AT - 1) == ' ';
        long code = shaped ? FieldReader.parseNumber(line.text(STATUS_AT, REASON_AT - 1)) : -1;
        if (code < 100 || code > 599) {
            throw new HttpFault(502, "status line is not HTTP/1.1 SP CODE SP REASON");
        }
        for (int i = REASON_AT; i < line.length(); i++) {
            if (FieldReader.isControl(line.at(i))) {
                throw new HttpFault(502, "control byte in the status line");
            }
        }
        if (code == 101) {
            throw new HttpFault(502, "server switched protocols unasked");
        }
        status = (int) code;
    }

    private void skipInterim() throws HttpFault {
        fields.take();
        continued |= status == 100;
        if (++interim > MAX_INTERIM) {
            throw new HttpFault(502, "more than " + MAX_INTERIM + " interim responses");
        }
        part = Part.STATUS_LINE;
        line.reset();
    }

    private void endHead() throws HttpFault {
        Headers headers = fields.take();
        interim = 0;
        continued = false;
        if (headers.first("content-encoding") != null) {
            throw new HttpFault(502, "response with a Content-Encoding");
        }
        long framing = FieldReader.framing(headers);
        boolean empty = bodyless || status == 204 || status == 304;
        if (!empty && framing == FieldReader.UNSTATED) {
            throw new HttpFault(502, "response without Content-Length");
        }
        if (status == 206) {
            if (!empty && framing == FieldReader.CHUNKED) {
                throw new HttpFault(
                        502, "partial response without Content-Length: its body may be longer than the part");
            }
            ContentRangeCheck.check(range, headers.first("content-range"), empty ? FieldReader.UNSTATED : framing);
        }
        head = new ResponseHead(status, headers);
        closes = FieldReader.asksToClose(headers);
        body.start(empty ? 0 : framing);
        part = Part.BODY;
    }
}
