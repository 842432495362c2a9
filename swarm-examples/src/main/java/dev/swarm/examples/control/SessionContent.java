package dev.swarm.examples.control;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Content of any length in either direction over a session socket: pieces after their length in four bytes, a piece of length zero at
 * the end, so that content that broke off is told from content that is complete. Confined to one thread.
 */
public final class SessionContent {

    private static final int PIECE_BYTES = 64 * 1024;

    private final InputStream input;
    private final Pieces output;

    private SessionContent(InputStream input, Pieces output) {
        this.input = input;
        this.output = output;
    }

    static SessionContent over(SocketChannel channel) {
        return new SessionContent(new Arriving(channel), new Pieces(channel));
    }

    /** What the other side sends; ends where that ends, and fails if it breaks off. */
    public InputStream input() {
        return input;
    }

    /** What goes to the other side. */
    public OutputStream output() {
        return output;
    }

    /** Sends what is left, and that it was all. */
    void endOutput() throws IOException {
        output.flush();
        output.sendPiece();
    }

    private static final class Pieces extends OutputStream {

        private final SocketChannel channel;
        private final ByteBuffer piece =
                ByteBuffer.allocate(Integer.BYTES + PIECE_BYTES).position(Integer.BYTES);

        Pieces(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (!piece.hasRemaining()) {
                    flush();
                }
                int most = Math.min(length - done, piece.remaining());
                piece.put(source, offset + done, most);
                done += most;
            }
        }

        @Override
        public void flush() throws IOException {
            if (piece.position() > Integer.BYTES) {
                sendPiece();
            }
        }

        void sendPiece() throws IOException {
            piece.putInt(0, piece.position() - Integer.BYTES).flip();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
            piece.clear().position(Integer.BYTES);
        }
    }

    private static final class Arriving extends InputStream {

        private final SocketChannel channel;
        private int left;
        private boolean ended;

        Arriving(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0 && !ended) {
                nextPiece();
            }
            if (ended) {
                return -1;
            }
            int read = channel.read(ByteBuffer.wrap(target, offset, Math.min(length, left)));
            if (read < 0) {
                throw brokeOff();
            }
            left -= read;
            return read;
        }

        private void nextPiece() throws IOException {
            ByteBuffer head = ByteBuffer.allocate(Integer.BYTES);
            while (head.hasRemaining()) {
                if (channel.read(head) < 0) {
                    throw brokeOff();
                }
            }
            left = head.getInt(0);
            if (left < 0 || left > PIECE_BYTES) {
                throw new IOException("piece of " + left + " bytes on the session socket, limit " + PIECE_BYTES);
            }
            ended = left == 0;
        }

        private static EOFException brokeOff() {
            return new EOFException("content on the session socket broke off");
        }
    }
}
