package dev.swarm.transport;

import dev.swarm.peer.PeerAddress;

/**
 * Sends requests to peers over kept connections. Implemented by transports only. Safe for many threads.
 *
 * <p>Connections are pooled per address and {@link Lane}; requests on one of them are pipelined (RFC 9112 section 9.3.2)
 * and answered in order. A redirect is handed to the caller like any other answer and never followed.
 */
public interface PeerClient {

    /** Requests of different lanes never wait for each other on one connection. */
    enum Lane {
        /** Content. */
        BULK,
        /** Small questions that are answered at once. */
        CONTROL,
        /** Questions whose answer the peer may hold back until it has news. */
        WAITING
    }

    /**
     * Sends a request.
     *
     * @param peer where to; connected to if no connection is open
     * @param lane what kind of traffic this is
     * @param request what to ask
     * @param sink hears the answer, or the failure, exactly once; also when this transport is closed
     * @return a handle to give it up
     */
    Call send(PeerAddress peer, Lane lane, Request request, ResponseSink sink);

    /**
     * The shortest time that a connection to a peer took to open, in nanoseconds, without its handshake: the round trip of the
     * network with next to nothing waiting on the way. 0 if it is not known.
     */
    long roundTripNanos(PeerAddress peer);
}
