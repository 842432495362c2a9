package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.PeerCertificate;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;

/** No protection at all, so that a test sees every byte: both ends take each other for the holder of one certificate. */
final class ClearText implements Security {

    private final X509Certificate certificate;

    ClearText(X509Certificate certificate) {
        this.certificate = certificate;
    }

    @Override
    public RecordLayer server() {
        return new Bytes(certificate);
    }

    @Override
    public RecordLayer client(PeerAddress peer) {
        return new Bytes(certificate);
    }

    @Override
    public PeerCertificate readMember(X509Certificate known) {
        return MemberCertificates.read(known);
    }

    private static final class Bytes implements RecordLayer {
        private static final int RECORD = 4_096;

        private final X509Certificate certificate;
        private final ByteBuffer in = ByteBuffer.allocate(RECORD).flip();
        private final ByteBuffer out = ByteBuffer.allocate(RECORD);
        private boolean inputEnded;
        private boolean established;

        Bytes(X509Certificate certificate) {
            this.certificate = certificate;
        }

        @Override
        public boolean established() {
            return established;
        }

        @Override
        public X509Certificate peerCertificate() {
            return certificate;
        }

        @Override
        public ByteBuffer beginFill() {
            return in.compact();
        }

        @Override
        public void endFill() {
            in.flip();
        }

        @Override
        public void endInput() {
            inputEnded = true;
        }

        @Override
        public ByteBuffer plain() {
            return in;
        }

        @Override
        public boolean truncated() {
            return false;
        }

        @Override
        public boolean hasOutput() {
            return out.position() > 0;
        }

        @Override
        public ByteBuffer beginDrain() {
            return out.flip();
        }

        @Override
        public void endDrain() {
            out.compact();
        }

        @Override
        public Runnable task() {
            return null;
        }

        @Override
        public Step read() {
            if (!established) {
                established = true;
                return Step.PROGRESS;
            }
            if (in.hasRemaining()) {
                return Step.PROGRESS;
            }
            return inputEnded ? Step.END : Step.NEED_READ;
        }

        @Override
        public Step write(ByteBuffer source) {
            if (!out.hasRemaining()) {
                return Step.NEED_WRITE;
            }
            int count = Math.min(out.remaining(), source.remaining());
            out.put(out.position(), source, source.position(), count).position(out.position() + count);
            source.position(source.position() + count);
            return Step.PROGRESS;
        }

        @Override
        public void writeClose() {
            // The end of the stream is the end.
        }
    }
}
