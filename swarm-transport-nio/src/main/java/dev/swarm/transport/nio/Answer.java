package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with. Immutable, apart from the content's own state.
 *
 * @param status HTTP status, 200 to 599
 * @param headers fields beside those that frame the message
 * @param body the body, if {@code content} is null
 * @param content the body, if it is read as it is sent
 */
record Answer(
        int status,
        Headers headers,
        ByteBuffer body,
        @Nullable ContentSource content) {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Checks the status. */
    Answer {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("response status is " + status + ", has to be 200 to 599");
        }
    }

    static Answer of(int status, Headers headers, ByteBuffer body) {
        return new Answer(status, headers, body.asReadOnlyBuffer(), null);
    }

    static Answer of(int status, Headers headers, ContentSource content) {
        return new Answer(status, headers, EMPTY, content);
    }

    /** A line of text. */
    static Answer text(int status, String text) {
        return text(status, Headers.empty(), text);
    }

    /** A line of text with fields of its own. */
    static Answer text(int status, Headers headers, String text) {
        ByteBuffer body = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        return of(status, headers.with("content-type", "text/plain; charset=utf-8"), body);
    }

    /** The refusal of a request for which there is no room. */
    static Answer overCapacity(String text) {
        return text(503, Headers.of("retry-after", "1"), text);
    }

    /** What an exception of a handler means to its client. */
    static Answer failure(Throwable failure) {
        if (failure instanceof SwarmException known) {
            return text(status(known.reason()), Printable.of(String.valueOf(known.getMessage())));
        }
        return text(500, "internal error; this node's log says more");
    }

    long length() {
        ContentSource source = content;
        return source == null ? body.remaining() : source.length();
    }

    /** Whether a response of this status has a body (RFC 9110 section 6.4.1). */
    boolean mayHaveBody() {
        return status != 204 && status != 304;
    }

    private static int status(SwarmException.Reason reason) {
        return switch (reason) {
            case INVALID_INPUT -> 400;
            case IDENTITY, FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case REVOKED -> 410;
            case LOCKED -> 423;
            case DISK_PRESSURE -> 507;
            case NO_PROGRESS, CLOSED -> 503;
            case NETWORK -> 502;
            case CORRUPT, STORAGE -> 500;
        };
    }
}
