package dev.swarm.transport;

/** Answers the requests of one route. Implemented by callers. */
@FunctionalInterface
public interface RouteHandler {

    /**
     * Answers, or arranges for an answer. Called on the thread that the route's {@link Route.Kind} names.
     *
     * @param exchange the request; an exception thrown here is logged and answered with 500, a
     *     {@link dev.swarm.SwarmException} with the status that fits its reason
     */
    void handle(Exchange exchange);
}
