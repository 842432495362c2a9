package dev.swarm.transport.nio;

/** How far a channel has come from its first byte to its last. */
enum ChannelPhase {
    CONNECT,
    HANDSHAKE,
    OPEN,
    /** Sends what is left and the notice of the end. */
    FLUSH,
    /** Waits for the peer to close: closing with unread bytes would reset the connection and lose the last answer. */
    LINGER,
    CLOSED;

    boolean mayBecome(ChannelPhase next) {
        return switch (this) {
            case CONNECT -> next == HANDSHAKE || next == CLOSED;
            case HANDSHAKE -> next == OPEN || next == FLUSH || next == CLOSED;
            case OPEN -> next == FLUSH || next == CLOSED;
            case FLUSH -> next == LINGER || next == CLOSED;
            case LINGER -> next == CLOSED;
            case CLOSED -> false;
        };
    }
}
