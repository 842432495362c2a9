package dev.swarm.crdt;

/**
 * Thrown when claims of a peer break the rules of reconciliation: no honest peer sends them.
 *
 * <p>Nothing was changed. The caller ends the exchange and holds it against the peer.
 */
public final class InvalidClaimException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception whose message names the value and the limit. */
    public InvalidClaimException(String message) {
        super(message);
    }
}
