package dev.swarm.manifest;

/**
 * Bytes from a peer are no frame of the manifest's protocol; no honest peer sends such. Nothing was changed. The caller ends
 * the exchange and holds it against the peer.
 */
public final class MalformedFrameException extends Exception {

    private static final long serialVersionUID = 1L;

    /** An exception with a message that names value and limit. */
    public MalformedFrameException(String message) {
        super(message);
    }

    /** An exception with what led to it. */
    public MalformedFrameException(String message, Throwable cause) {
        super(message, cause);
    }
}
