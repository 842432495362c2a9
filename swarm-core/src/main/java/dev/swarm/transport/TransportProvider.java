package dev.swarm.transport;

/** Opens transports. Found by {@link java.util.ServiceLoader}; implemented by transport modules. */
public interface TransportProvider {

    /** A short name, as {@code nio}. */
    String name();

    /**
     * Binds the listening socket and starts to serve.
     *
     * @throws dev.swarm.SwarmException with the address and the remedy if it cannot be bound, or with what is missing if the
     *     credentials cannot be used
     */
    Transport open(TransportConfig config);
}
