package dev.swarm.transport.nio;

/**
 * A message that breaks the protocol, or that this side does not take.
 *
 * <p>The connection does not survive it. The text holds no bytes of the peer, so it is safe to send and to log.
 */
final class HttpFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    HttpFault(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What a server answers; without meaning for a fault in a response. */
    int status() {
        return status;
    }

    /** The text as it is always there. */
    String text() {
        return String.valueOf(getMessage());
    }
}
