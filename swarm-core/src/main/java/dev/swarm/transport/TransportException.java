package dev.swarm.transport;

import dev.swarm.SwarmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request that got no complete answer. */
public final class TransportException extends SwarmException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** At what point the exchange broke, which decides what a caller may try next. */
    public enum Kind {
        /** No connection came about: refused, unreachable or too slow. */
        CONNECT,
        /** The other end could not prove that it is a member of the fleet, or refused our proof. */
        HANDSHAKE,
        /** The connection ended before the answer was complete. */
        TRUNCATED,
        /** The answer broke the protocol. */
        PROTOCOL,
        /** No byte came for too long. */
        TIMEOUT,
        /** The caller cancelled, or this side is closing. */
        CANCELLED
    }

    /** A failure of {@code kind}. */
    public TransportException(Kind kind, String message, @Nullable Throwable cause) {
        super(reasonOf(kind), message, cause);
        this.kind = kind;
    }

    /** At what point the exchange broke. */
    public Kind kind() {
        return kind;
    }

    private static Reason reasonOf(Kind kind) {
        return switch (Objects.requireNonNull(kind, "kind")) {
            case CONNECT, TRUNCATED, PROTOCOL, TIMEOUT -> Reason.NETWORK;
            case HANDSHAKE -> Reason.IDENTITY;
            case CANCELLED -> Reason.CLOSED;
        };
    }
}
