package dev.swarm.transport;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A request as one node sends it to another: method, target, fields and a body small enough to be in memory. Immutable.
 *
 * @param method an HTTP method, as {@code GET}
 * @param target path with an optional query, percent-encoded, starting with a slash (origin-form, RFC 9112 section 3.2.1)
 * @param headers the fields; the transport adds {@code Host} and {@code Content-Length}
 * @param body the body; empty for none. Its content must not change while the request is under way
 */
public record Request(String method, String target, Headers headers, ByteBuffer body) {

    /** Checks the parts and keeps a read-only view of the body. */
    public Request {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(headers, "headers");
        if (target.isEmpty() || target.charAt(0) != '/') {
            throw new IllegalArgumentException("request target has to start with a slash: " + target);
        }
        body = body.asReadOnlyBuffer();
    }

    /** A GET without fields or body. */
    public static Request get(String target) {
        return new Request("GET", target, Headers.empty(), ByteBuffer.allocate(0));
    }

    /** A POST of {@code body}. */
    public static Request post(String target, ByteBuffer body) {
        return new Request("POST", target, Headers.empty(), body);
    }

    /** This request with one field more. */
    public Request with(String name, String value) {
        return new Request(method, target, headers.with(name, value), body);
    }

    /** The body, each call with a position of its own. */
    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }
}
