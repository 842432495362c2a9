package dev.swarm.benchmarks.rig;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A blocking socket with an engine on it, and nothing that a bare loop does not need. Confined to one thread. */
public final class TlsSocket implements AutoCloseable {

    /** Records in one write to the socket and in one read from it. */
    public static final int RECORDS = 8;

    /**
     * Plaintext that the JDK puts into one record: of 16384 bytes (RFC 8446 section 5.2) one tells the type, and 16 are
     * padding. Other amounts leave a small record at the end.
     */
    public static final int RECORD_BYTES = 16_367;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final int packet;
    private final ByteBuffer in;
    private final ByteBuffer out;

    /** Shakes hands. The socket is closed with this, or at once if that fails. */
    public TlsSocket(SocketChannel socket, SSLEngine engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.packet = engine.getSession().getPacketBufferSize();
        this.in = ByteBuffer.allocate(packet * RECORDS).flip();
        this.out = ByteBuffer.allocate(packet * RECORDS);
        try {
            shakeHands();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Bytes that a target of {@link #read} needs room for. */
    public int recordBytes() {
        return engine.getSession().getApplicationBufferSize();
    }

    /** Encrypts all of {@code source} and sends as many full batches of records as come of it. */
    public void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            wrap(source);
        }
    }

    /** Sends what is left. */
    public void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            socket.write(out);
        }
        out.clear();
    }

    /**
     * Decrypts one record, waiting for it if it is not here.
     *
     * @param target with room for {@link #recordBytes}
     * @return bytes put into it, or -1 at the end
     */
    public int read(ByteBuffer target) throws IOException {
        while (true) {
            SSLEngineResult result = unwrap(target);
            if (result.bytesProduced() > 0) {
                return result.bytesProduced();
            }
            if (result.getStatus() == SSLEngineResult.Status.CLOSED
                    || (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill())) {
                return -1;
            }
            runTasks();
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING);
                flush();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void shakeHands() throws IOException {
        ByteBuffer scratch = ByteBuffer.allocate(recordBytes());
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            switch (status) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    wrap(NOTHING);
                    flush();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (unwrap(scratch.clear()).getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill()) {
                        throw new EOFException("peer closed the connection during the handshake");
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> throw new AssertionError(status);
            }
            status = engine.getHandshakeStatus();
        }
    }

    private void runTasks() {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    private void wrap(ByteBuffer source) throws IOException {
        if (out.remaining() < packet) {
            flush();
        }
        SSLEngineResult result = engine.wrap(source, out);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("cannot encrypt: " + result);
        }
    }

    private SSLEngineResult unwrap(ByteBuffer target) throws IOException {
        SSLEngineResult result = engine.unwrap(in, target);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            throw new SSLException("no room for a record in " + target);
        }
        return result;
    }

    private boolean fill() throws IOException {
        in.compact();
        int count = socket.read(in);
        in.flip();
        return count >= 0;
    }
}
