package dev.swarm.transport;

/** One request under way. Implemented by transports only. Safe for many threads. */
public interface Call {

    /**
     * Ends the request. The sink hears {@link TransportException.Kind#CANCELLED} unless the response was complete before.
     * Repeated calls do nothing.
     */
    void cancel();

    /**
     * Holds the response back: once this is known to the transport's thread, the sink hears no more of the body until
     * {@link #resume}, and the peer is slowed down through TCP. Other requests on the same connection wait as well, so this is
     * for moments. Has no effect on a request that is over.
     */
    void pause();

    /** Ends {@link #pause}. */
    void resume();
}
