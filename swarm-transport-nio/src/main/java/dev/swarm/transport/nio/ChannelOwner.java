package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** Whom a channel's plaintext comes from and goes to. All calls come on the loop. */
interface ChannelOwner {

    /** The socket is connected; the handshake begins after this. */
    default void connected() {}

    /** The handshake is complete. */
    void secured(X509Certificate certificate);

    /** Whether {@link #received} would take anything. */
    boolean wantsInput();

    /** Plaintext is here; what the owner leaves is offered again once it wants input. */
    void received(ByteBuffer plain);

    /**
     * The peer sends nothing more: in order, and may be waiting for what it is owed, or because it is gone. The second may
     * follow the first.
     */
    void ended(boolean gone);

    /** Plaintext to send, with something remaining, or null if there is none for the time being. */
    @Nullable
    ByteBuffer nextOutput();

    /** A round of work is done; the moment to look at deadlines. */
    void settled();

    /** The connection is of no more use; {@code cause} is null if this side ended it in order. */
    void closed(@Nullable Throwable cause);

    /** The socket is closed; comes last, after {@link #closed}. */
    default void gone() {}
}
