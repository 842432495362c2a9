package dev.swarm.transport;

import java.util.Objects;

/**
 * What is served under one method and path pattern. Immutable.
 *
 * @param method the method, as {@code GET}; a GET route answers HEAD as well
 * @param pattern path of segments, each a literal or a {@code {name}} that matches any one segment
 * @param body how request bodies reach the handler
 * @param maxBodyBytes largest request body taken; a longer one is answered with 413, before it is read if its length is said
 * @param maxConcurrent requests of this route at once, of all peers together; one more is answered with 503
 * @param kind whom the route serves and where its handler runs
 * @param handler answers
 */
public record Route(
        String method,
        String pattern,
        Body body,
        long maxBodyBytes,
        int maxConcurrent,
        Kind kind,
        RouteHandler handler) {

    /** Requests at once of a route that sets no limit of its own: bounded by the transport's connections alone. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** How request bodies reach the handler. */
    public enum Body {
        /** Whole and in memory: the handler runs when all of it is here. */
        BUFFERED,
        /** As a stream: the handler runs when the head is here and reads {@link Exchange#bodyStream} as the peer sends. */
        STREAMED
    }

    /** Whom a route serves and where its handler runs. */
    public enum Kind {
        /** Content and questions, on a worker; the handler blocks for a disk access at most. */
        PLAIN,
        /** Gossip and health, on a worker; also served on the connections that are kept for these. */
        RESERVED,
        /** Work that may block for long, on {@link TransportConfig#handlers}. */
        BLOCKING
    }

    /** Checks the pattern and the limits. */
    public Route {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(handler, "handler");
        if (!pattern.startsWith("/") || pattern.endsWith("/")) {
            throw new IllegalArgumentException("route pattern has to start with a slash and end without: " + pattern);
        }
        if (maxBodyBytes < 0 || (body == Body.BUFFERED && maxBodyBytes > Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("route " + pattern + ": maxBodyBytes is " + maxBodyBytes
                    + ", at least 0 and for a buffered body below" + " 2 GiB");
        }
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException(
                    "route " + pattern + ": maxConcurrent is " + maxConcurrent + ", at least 1");
        }
    }

    /** A GET route. */
    public static Route get(String pattern, RouteHandler handler) {
        return new Route("GET", pattern, Body.BUFFERED, 0, UNLIMITED, Kind.PLAIN, handler);
    }

    /** A POST route that takes bodies of at most {@code maxBodyBytes} into memory. */
    public static Route post(String pattern, int maxBodyBytes, RouteHandler handler) {
        return new Route("POST", pattern, Body.BUFFERED, maxBodyBytes, UNLIMITED, Kind.PLAIN, handler);
    }

    /** A route that takes bodies of at most {@code maxBodyBytes} as a stream; its handler may block. */
    public static Route streaming(String method, String pattern, long maxBodyBytes, RouteHandler handler) {
        return new Route(method, pattern, Body.STREAMED, maxBodyBytes, UNLIMITED, Kind.BLOCKING, handler);
    }

    /** This route, served on reserved connections too. */
    public Route asReserved() {
        return new Route(method, pattern, body, maxBodyBytes, maxConcurrent, Kind.RESERVED, handler);
    }

    /** This route, its handler free to block for long. */
    public Route asBlocking() {
        return new Route(method, pattern, body, maxBodyBytes, maxConcurrent, Kind.BLOCKING, handler);
    }

    /** This route, for at most {@code limit} requests at once. */
    public Route withMaxConcurrent(int limit) {
        return new Route(method, pattern, body, maxBodyBytes, limit, kind, handler);
    }
}
