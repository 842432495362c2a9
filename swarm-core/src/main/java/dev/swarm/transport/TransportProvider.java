package dev.swarm.transport;

import dev.swarm.SwarmException;
import java.util.ServiceLoader;

/** Opens transports. Found by {@link java.util.ServiceLoader}; implemented by transport modules. */
public interface TransportProvider {

    /**
     * The one that is on the class path or module path.
     *
     * @throws SwarmException with reason INVALID_INPUT if there is none
     */
    static TransportProvider installed() {
        return ServiceLoader.load(TransportProvider.class)
                .findFirst()
                .orElseThrow(() -> new SwarmException(
                        SwarmException.Reason.INVALID_INPUT,
                        "no transport on the class path or module path; add the swarm-transport-nio jar"));
    }

    /** A short name, as {@code nio}. */
    String name();

    /**
     * Binds the listening socket and starts to serve.
     *
     * @throws SwarmException with the address and the remedy if it cannot be bound, or with what is missing if the
     *     credentials cannot be used
     */
    Transport open(TransportConfig config);
}
