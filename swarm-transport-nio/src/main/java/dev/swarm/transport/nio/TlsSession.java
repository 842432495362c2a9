package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TLS connection as a step function over buffers; knows no socket, clock or thread.
 *
 * <p>Ciphertext goes in through {@link #beginFill} and comes out through {@link #beginDrain}; plaintext comes out through
 * {@link #plain} and goes in through {@link #write}. Buffers are on the heap, where the JDK's AES-GCM works on arrays in
 * place; direct ones make it copy. Confined to the event loop of its connection, except for {@link #task}.
 */
final class TlsSession implements RecordLayer {

    /** Records gathered into one socket write: the system call and its copy cost as much as encrypting a record or two. */
    private static final int RECORDS_PER_WRITE = 8;
    /** Records taken from the socket at once. */
    private static final int RECORDS_PER_READ = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private ByteBuffer in;
    private ByteBuffer plain;
    private ByteBuffer out;
    /** Where in {@link #out} the bytes begin that have not been taken. */
    private int drained;
    /** Capacity of {@link #in} once data flows; until then a stranger costs one record each way. */
    private final int wideIn;

    private boolean filledUp;
    private boolean inputEnded;
    private boolean closeReceived;
    private boolean established;

    TlsSession(SSLEngine engine) throws SSLException {
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        this.wideIn = packet * RECORDS_PER_READ;
        this.in = ByteBuffer.allocate(packet).flip();
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
        this.out = ByteBuffer.allocate(packet);
        engine.beginHandshake();
    }

    @Override
    public boolean established() {
        return established;
    }

    @Override
    public X509Certificate peerCertificate() throws SSLPeerUnverifiedException {
        Certificate[] chain = engine.getSession().getPeerCertificates();
        if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
            return certificate;
        }
        throw new SSLPeerUnverifiedException("peer has no X.509 certificate");
    }

    @Override
    public ByteBuffer beginFill() {
        if (filledUp && in.capacity() < wideIn) {
            in = ByteBuffer.allocate(wideIn).put(in);
            return in;
        }
        return in.compact();
    }

    @Override
    public void endFill() {
        filledUp = established && !in.hasRemaining();
        in.flip();
    }

    @Override
    public void endInput() {
        inputEnded = true;
    }

    @Override
    public ByteBuffer plain() {
        return plain;
    }

    @Override
    public boolean truncated() {
        return inputEnded && !closeReceived;
    }

    @Override
    public boolean hasOutput() {
        return out.position() > drained;
    }

    @Override
    public ByteBuffer beginDrain() {
        return out.limit(out.position()).position(drained);
    }

    @Override
    public void endDrain() {
        // What a socket did not take stays where it is: moving it up costs more than the room it would make.
        boolean all = !out.hasRemaining();
        int end = out.limit();
        drained = all ? 0 : out.position();
        out.limit(out.capacity()).position(all ? 0 : end);
    }

    @Override
    public @Nullable Runnable task() {
        return engine.getDelegatedTask();
    }

    @Override
    public Step read() throws SSLException {
        if (plain.hasRemaining()) {
            return Step.PROGRESS;
        }
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> Step.NEED_TASK;
            // Also after the handshake: a session ticket or an answer to a key update is due, although nobody writes.
            case NEED_WRAP -> engine.isOutboundDone() ? unwrap() : wrap(NOTHING);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> unwrap();
        };
    }

    @Override
    public Step write(ByteBuffer source) throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> Step.NEED_TASK;
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> Step.NEED_READ;
            case NEED_WRAP, NOT_HANDSHAKING, FINISHED -> wrap(source);
        };
    }

    @Override
    public void writeClose() {
        engine.closeOutbound();
        try {
            Step step = Step.PROGRESS;
            while (step == Step.PROGRESS && !engine.isOutboundDone()) {
                step = wrap(NOTHING);
            }
        } catch (SSLException e) {
            // The engine has nothing more to say; the connection is going down either way.
            engine.closeOutbound();
        }
    }

    private Step unwrap() throws SSLException {
        Step step = null;
        while (step == null) {
            plain.clear();
            SSLEngineResult result;
            try {
                result = engine.unwrap(in, plain);
            } finally {
                plain.flip();
            }
            noteProgress(result);
            step = switch (result.getStatus()) {
                case OK -> moved(result) ? Step.PROGRESS : stalled();
                case CLOSED -> closeReceived();
                case BUFFER_UNDERFLOW -> underflow();
                case BUFFER_OVERFLOW -> growPlain();
            };
        }
        return step;
    }

    private Step wrap(ByteBuffer source) throws SSLException {
        Step step = null;
        while (step == null) {
            int packet = engine.getSession().getPacketBufferSize();
            if (out.remaining() < packet && !widenOutput(packet)) {
                return Step.NEED_WRITE;
            }
            SSLEngineResult result = engine.wrap(source, out);
            noteProgress(result);
            step = switch (result.getStatus()) {
                case OK -> moved(result) ? Step.PROGRESS : stalled();
                case CLOSED -> Step.END;
                case BUFFER_UNDERFLOW -> throw new SSLException("TLS engine asks for input while it encrypts");
                case BUFFER_OVERFLOW -> makeRoom(packet);
            };
        }
        return step;
    }

    /** Makes room for another record unless as many as go into one write are there. */
    private boolean widenOutput(int packet) {
        int wide = packet * RECORDS_PER_WRITE;
        if (hasOutput() && (!established || out.capacity() >= wide)) {
            return false;
        }
        out = ByteBuffer.allocate(wide).put(beginDrain());
        drained = 0;
        return true;
    }

    private Step closeReceived() {
        closeReceived = true;
        return plain.hasRemaining() ? Step.PROGRESS : Step.END;
    }

    /** Null if the engine asks for larger records than before, for which there will be room on the next try. */
    private @Nullable Step makeRoom(int packetBefore) throws SSLException {
        if (hasOutput()) {
            return Step.NEED_WRITE;
        }
        if (engine.getSession().getPacketBufferSize() <= packetBefore) {
            throw new SSLException("TLS record does not fit the size the engine asked for");
        }
        return null;
    }

    private Step stalled() {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            return Step.NEED_TASK;
        }
        return inputEnded ? Step.END : Step.NEED_READ;
    }

    private Step underflow() {
        if (inputEnded) {
            return Step.END;
        }
        if (in.remaining() == in.capacity()) {
            int wanted = Math.max(engine.getSession().getPacketBufferSize(), in.capacity() * 2);
            in = ByteBuffer.allocate(wanted).put(in).flip();
        }
        return Step.NEED_READ;
    }

    /** Null: with the larger buffer the same record is tried again. */
    private @Nullable Step growPlain() throws SSLException {
        int wanted = engine.getSession().getApplicationBufferSize();
        if (wanted <= plain.capacity()) {
            throw new SSLException("TLS record does not fit the size the engine asked for");
        }
        plain = ByteBuffer.allocate(wanted).flip();
        return null;
    }

    private void noteProgress(SSLEngineResult result) {
        if (!established) {
            established = result.getHandshakeStatus() == HandshakeStatus.FINISHED
                    || (result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                            && result.getStatus() == SSLEngineResult.Status.OK);
        }
    }

    private static boolean moved(SSLEngineResult result) {
        return result.bytesConsumed() > 0
                || result.bytesProduced() > 0
                || result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }
}
