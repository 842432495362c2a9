package dev.swarm.transport.nio;

import dev.swarm.transport.Headers;

/**
 * Request line and fields of one request. Immutable.
 *
 * @param method the method, one of those taken
 * @param target path and query
 * @param headers the fields
 * @param bodyLength bytes of the body, or {@link FieldReader#CHUNKED}
 * @param expectsContinue whether the client waits for 100 before it sends the body
 * @param closes whether the client sends nothing more after this
 */
record RequestHead(
        String method,
        RequestTarget target,
        Headers headers,
        long bodyLength,
        boolean expectsContinue,
        boolean closes) {

    /** Whether requests of this method may be served side by side (RFC 9112 section 9.3.2). */
    boolean isSafe() {
        return method.equals("GET") || isHead();
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean hasBody() {
        return bodyLength != 0;
    }
}
