package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Headers;
import dev.swarm.transport.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** Writes message heads. Stateless. */
final class HeadWriter {

    /** Bodies up to this go out in one buffer, and so in one TLS record, with their head. */
    private static final int SMALL_BODY = 8 * 1024;

    private static final Set<String> FRAMING =
            Set.of("content-length", "transfer-encoding", "date", "connection", "host", "keep-alive");

    private static final Map<Integer, String> PHRASES = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(204, "No Content"),
            Map.entry(206, "Partial Content"),
            Map.entry(304, "Not Modified"),
            Map.entry(400, "Bad Request"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(410, "Gone"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(416, "Range Not Satisfiable"),
            Map.entry(417, "Expectation Failed"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"),
            Map.entry(507, "Insufficient Storage"));

    private HeadWriter() {}

    /** The head of a response, and its body as well if that is small and {@code withBody}. */
    static ByteBuffer response(Answer answer, String date, boolean close, boolean withBody) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(answer.status())
                .append(' ')
                .append(PHRASES.getOrDefault(answer.status(), ""))
                .append("\r\nDate: ")
                .append(date);
        if (answer.mayHaveBody()) {
            head.append("\r\nContent-Length: ").append(answer.length());
        }
        if (close) {
            head.append("\r\nConnection: close");
        }
        boolean joined = withBody && isSmall(answer.body());
        return encode(head, answer.headers(), joined ? answer.body() : ByteBuffer.allocate(0));
    }

    /**
     * The head of a request, and its body as well if that is small.
     *
     * @param host what {@link #host} gives for who is asked
     */
    static ByteBuffer request(Request request, String host) {
        ByteBuffer body = request.body();
        StringBuilder head = new StringBuilder(256)
                .append(request.method())
                .append(' ')
                .append(request.target())
                .append(" HTTP/1.1\r\nHost: ")
                .append(host);
        ContentSource content = request.content();
        long length = content == null ? body.remaining() : content.length();
        if (length > 0 || request.method().equals("POST") || request.method().equals("PUT")) {
            head.append("\r\nContent-Length: ").append(length);
        }
        return encode(head, request.headers(), isSmall(body) ? body : ByteBuffer.allocate(0));
    }

    /** Whether a body goes out with its head. */
    static boolean isSmall(ByteBuffer body) {
        return body.remaining() <= SMALL_BODY;
    }

    private static ByteBuffer encode(StringBuilder head, Headers headers, ByteBuffer body) {
        headers.forEach((name, value) -> {
            if (!FRAMING.contains(name)) {
                head.append("\r\n").append(name).append(": ").append(value);
            }
        });
        byte[] bytes = head.append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(bytes.length + body.remaining())
                .put(bytes)
                .put(body.duplicate())
                .flip();
    }

    /** The {@code Host} field of requests to a peer. An IPv6 zone means nothing to the other end and has no place there. */
    static String host(PeerAddress peer) {
        String text = peer.toString();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone) + text.substring(text.indexOf(']'));
    }
}
