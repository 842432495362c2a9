package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What protects one connection, as a step function over buffers: what comes from the peer goes in through {@link #beginFill}
 * and comes out through {@link #plain}; what the owner {@link #write writes} comes out through {@link #beginDrain}.
 *
 * <p>Knows no socket, clock or thread. Confined to the loop of its connection, except for {@link #task}.
 */
interface RecordLayer {

    /** What the caller does before the next step can make progress. */
    enum Step {
        /** Something moved; step again. */
        PROGRESS,
        /** Fill in more ciphertext. */
        NEED_READ,
        /** Drain ciphertext. */
        NEED_WRITE,
        /** Run {@link #task} until it is null. */
        NEED_TASK,
        /** Nothing more comes from the peer. */
        END
    }

    /** Whether the handshake is complete and the peer is known. */
    boolean established();

    /** The peer's certificate, once {@link #established}. */
    X509Certificate peerCertificate() throws SSLPeerUnverifiedException;

    /** Room for ciphertext from the peer. {@link #endFill} has to follow. */
    ByteBuffer beginFill();

    /** Takes what was put into the buffer of {@link #beginFill}. */
    void endFill();

    /** Says that no more ciphertext will come. */
    void endInput();

    /** Decrypted bytes that have not been taken, ready to be read. The same buffer until the next step. */
    ByteBuffer plain();

    /** Whether the stream ended without the peer saying so (RFC 8446 section 6.1). */
    boolean truncated();

    /** Whether there is ciphertext for the peer. */
    boolean hasOutput();

    /** Ciphertext for the peer, ready to be read. {@link #endDrain} has to follow. */
    ByteBuffer beginDrain();

    /** Keeps what was not taken. */
    void endDrain();

    /** The next computation that the handshake waits for, or null. May run on any thread, one at a time. */
    @Nullable
    Runnable task();

    /** Moves on with what has come in: decrypts a record into {@link #plain}, or takes the handshake further. */
    Step read() throws SSLException;

    /** Encrypts from {@code source}, or takes the handshake further. */
    Step write(ByteBuffer source) throws SSLException;

    /** Adds the notice that this end sends no more, or the alert that a failed handshake left; as far as there is room. */
    void writeClose();
}
