package dev.swarm.transport;

import java.util.Objects;

/**
 * What is served under one method and path pattern. Immutable.
 *
 * @param method the method, as {@code GET}; a GET route answers HEAD as well
 * @param pattern path of segments, each a literal or a {@code {name}} that matches any one segment
 * @param maxBodyBytes largest request body taken; a longer one is answered with 413 before it is read
 * @param reserved whether the route may use the connections that are kept for gossip and health
 * @param handler answers
 */
public record Route(String method, String pattern, int maxBodyBytes, boolean reserved, RouteHandler handler) {

    /** Checks the pattern. */
    public Route {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(handler, "handler");
        if (!pattern.startsWith("/") || pattern.endsWith("/")) {
            throw new IllegalArgumentException("route pattern has to start with a slash and end without: " + pattern);
        }
        if (maxBodyBytes < 0) {
            throw new IllegalArgumentException(
                    "route " + pattern + ": maxBodyBytes is " + maxBodyBytes + ", at least 0");
        }
    }

    /** A GET route. */
    public static Route get(String pattern, RouteHandler handler) {
        return new Route("GET", pattern, 0, false, handler);
    }

    /** A POST route that takes bodies of at most {@code maxBodyBytes}. */
    public static Route post(String pattern, int maxBodyBytes, RouteHandler handler) {
        return new Route("POST", pattern, maxBodyBytes, false, handler);
    }

    /** This route, served on reserved connections too. */
    public Route asReserved() {
        return new Route(method, pattern, maxBodyBytes, true, handler);
    }
}
