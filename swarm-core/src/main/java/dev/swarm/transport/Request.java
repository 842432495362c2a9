package dev.swarm.transport;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request as one node sends it to another: method, target, fields and a body, in memory or read as it is sent. Immutable
 * but for the content's own state: a request with content is sent once.
 *
 * @param method an HTTP method, as {@code GET}
 * @param target path with an optional query, percent-encoded, starting with a slash (origin-form, RFC 9112 section 3.2.1)
 * @param headers the fields; the transport adds {@code Host} and {@code Content-Length}
 * @param body the body, if {@code content} is null; empty for none. Must not change while the request is under way
 * @param content the body, if it is read as it is sent; the transport closes it, also if the request is never sent
 */
public record Request(
        String method,
        String target,
        Headers headers,
        ByteBuffer body,
        @Nullable ContentSource content) {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Checks the parts and keeps a read-only view of the body. */
    public Request {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(headers, "headers");
        if (target.isEmpty() || target.charAt(0) != '/') {
            throw new IllegalArgumentException("request target has to start with a slash: " + target);
        }
        if (content != null && body.hasRemaining()) {
            throw new IllegalArgumentException("request " + target + " has two bodies");
        }
        body = body.asReadOnlyBuffer();
    }

    /** A request with its body in memory. */
    public Request(String method, String target, Headers headers, ByteBuffer body) {
        this(method, target, headers, body, null);
    }

    /** A GET without fields or body. */
    public static Request get(String target) {
        return new Request("GET", target, Headers.empty(), EMPTY);
    }

    /** A POST of {@code body}. */
    public static Request post(String target, ByteBuffer body) {
        return new Request("POST", target, Headers.empty(), body);
    }

    /** A request whose body is read as it is sent. */
    public static Request upload(String method, String target, ContentSource content) {
        return new Request(method, target, Headers.empty(), EMPTY, Objects.requireNonNull(content, "content"));
    }

    /** This request with one field more. */
    public Request with(String name, String value) {
        return new Request(method, target, headers.with(name, value), body, content);
    }

    /** The body, each call with a position of its own. */
    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }
}
