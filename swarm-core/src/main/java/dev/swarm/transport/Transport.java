package dev.swarm.transport;

import dev.swarm.peer.PeerAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A node's link to the outside: a listening socket, connections to peers, and multicast. Implemented by transports only.
 *
 * <p>Opened by a {@link TransportProvider}; serves from then on. Safe for many threads.
 */
public interface Transport extends AutoCloseable {

    /** The address that is listened on, with the port that was given by the system if 0 was asked for. */
    PeerAddress localAddress();

    /** Sends requests to peers. */
    PeerClient client();

    /**
     * Starts to hear and speak on a multicast group on one interface. A socket that fails is opened anew by itself; an
     * interface that was removed, or whose address changed, is left and joined again by the caller.
     *
     * @param config group, port, interface and source address
     * @param listener hears what others send, on an event loop: it must not block
     * @return the speaking end, to be closed by the caller or with this transport
     * @throws dev.swarm.SwarmException if the interface is unknown or cannot join the group
     */
    MulticastPort openMulticast(MulticastConfig config, DatagramListener listener);

    /**
     * Uses other credentials for every connection opened or accepted from here on. Connections that are open stay until
     * their current response is through.
     */
    void rotate(NodeCredentials credentials);

    /**
     * Asks {@link TransportConfig#admitted} anew about the peer of every open connection, and cuts those that are refused.
     * To be called after a certificate was revoked. A transport without kept connections has nothing to do.
     */
    default void recheck() {}

    /**
     * Bounds what {@link PeerClient.Lane#BULK} responses bring in, over all connections, from here on. A rate at which a
     * connection gets less than 4 KiB/s makes peers give it up.
     *
     * @param bytesPerSecond at least 1, or 0 for no bound, which is how a transport starts
     */
    void limitDownloads(long bytesPerSecond);

    /**
     * Stops accepting, lets responses that are under way finish for at most {@code grace}, then cuts what is left. Returns
     * when the sockets are closed and the transport's threads have ended.
     */
    void close(Duration grace);

    /** Closes with a grace of zero. Repeated calls do nothing. */
    @Override
    default void close() {
        close(Duration.ZERO);
    }

    /** The speaking end of a multicast group. Safe for many threads. */
    interface MulticastPort extends AutoCloseable {

        /**
         * Sends one datagram to the group; lost silently if the network does not take it at once.
         *
         * @param datagram at most {@link MulticastConfig#MAX_DATAGRAM_BYTES}; copied
         */
        void send(ByteBuffer datagram);

        /** Why it does not speak or hear at present, or null if it does. */
        default @Nullable String problem() {
            return null;
        }

        /** Leaves the group. Repeated calls do nothing. */
        @Override
        void close();

        /**
         * Leaves the group and says in the log why. Repeated calls do nothing.
         *
         * @param reason what an operator is to read
         */
        default void close(String reason) {
            close();
        }
    }

    /** Hears datagrams. Implemented by callers. */
    @FunctionalInterface
    interface DatagramListener {

        /**
         * A datagram came in. Called on an event loop.
         *
         * @param from the address and port it says it came from; nothing vouches for it
         * @param datagram valid until the call returns
         */
        void onDatagram(PeerAddress from, ByteBuffer datagram);
    }
}
