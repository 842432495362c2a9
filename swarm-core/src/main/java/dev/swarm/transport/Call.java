package dev.swarm.transport;

/** One request under way. Implemented by transports only. Safe for many threads. */
public interface Call {

    /**
     * Ends the request. The sink hears {@link TransportException.Kind#CANCELLED} unless the response was complete before.
     * Repeated calls do nothing.
     */
    void cancel();
}
