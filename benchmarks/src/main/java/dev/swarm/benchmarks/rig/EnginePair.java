package dev.swarm.benchmarks.rig;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Both ends of a TLS connection in one thread, with memory between them. */
public final class EnginePair {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine client;
    private final SSLEngine server;
    private final ByteBuffer toServer;
    private final ByteBuffer toClient;
    private final ByteBuffer scratch;

    /** Shakes hands, and hands over what the server says of its own accord, as session tickets. */
    public EnginePair(SSLEngine client, SSLEngine server) throws SSLException {
        this.client = client;
        this.server = server;
        int packet = client.getSession().getPacketBufferSize();
        this.toServer = ByteBuffer.allocate(2 * packet);
        this.toClient = ByteBuffer.allocate(2 * packet);
        this.scratch = ByteBuffer.allocate(client.getSession().getApplicationBufferSize());
        client.beginHandshake();
        server.beginHandshake();
        boolean moved = true;
        while (moved) {
            moved = step(client, toClient, toServer);
            moved |= step(server, toServer, toClient);
        }
        if (client.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                || server.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            throw new SSLException("handshake stands still: client " + client.getHandshakeStatus() + ", server "
                    + server.getHandshakeStatus());
        }
    }

    /** The connecting end. */
    public SSLEngine client() {
        return client;
    }

    /** The accepting end. */
    public SSLEngine server() {
        return server;
    }

    private boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        boolean moved = false;
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            moved = true;
            task.run();
            task = engine.getDelegatedTask();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            moved |= engine.wrap(NOTHING, out).bytesProduced() > 0;
        } else {
            in.flip();
            moved |= in.hasRemaining() && engine.unwrap(in, scratch.clear()).bytesConsumed() > 0;
            in.compact();
        }
        return moved;
    }
}
