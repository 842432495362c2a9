package dev.swarm.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** Content whose byte at each position is known, without being in memory. */
public final class PatternContent implements ContentSource {

    private final long length;
    private final long failAt;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long position;

    /** Content of that length. */
    public PatternContent(long length) {
        this(length, Long.MAX_VALUE);
    }

    /** Content that cannot be read from {@code failAt} on. */
    public PatternContent(long length, long failAt) {
        this.length = length;
        this.failAt = failAt;
    }

    /** The byte at a position. */
    public static byte at(long position) {
        return (byte) (position ^ (position >>> 8) ^ (position >>> 16) * 31);
    }

    /** The bytes at {@code from} and behind. */
    public static byte[] bytes(long from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(from + i);
        }
        return bytes;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        if (closed.getCount() == 0) {
            throw new IOException("read after close");
        }
        if (position >= failAt) {
            throw new IOException("disk fails at " + failAt);
        }
        while (target.hasRemaining()) {
            target.put(at(position++));
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** Whether all of it was read. */
    public boolean isAtEnd() {
        return position == length;
    }

    /** Counts down to nought when the content is closed. */
    public CountDownLatch closed() {
        return closed;
    }
}
