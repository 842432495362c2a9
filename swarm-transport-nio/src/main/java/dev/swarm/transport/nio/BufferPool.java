package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the few content buffers of an event loop for use again. Confined to that loop. */
final class BufferPool {

    /** What the JDK puts into a TLS 1.3 record: it pads each with 16 zeros and the byte of its type. */
    private static final int RECORD_BYTES = 16_384 - 17;

    /**
     * Read at once from a content source: about a disk's read-ahead, and sixteen full records. At 256 KiB a seventeenth of 272
     * bytes went out in a write of its own.
     */
    static final int BUFFER_BYTES = 16 * RECORD_BYTES;

    /** Kept when unused: enough for four transfers at once; 2 MiB per loop. */
    private static final int MAX_KEPT = 8;

    private final Deque<ByteBuffer> kept = new ArrayDeque<>();

    /** An empty buffer of {@link #BUFFER_BYTES}. */
    ByteBuffer take() {
        ByteBuffer buffer = kept.poll();
        return buffer == null ? ByteBuffer.allocate(BUFFER_BYTES) : buffer.clear();
    }

    /** Takes a buffer back that nobody refers to any more. */
    void give(ByteBuffer buffer) {
        if (kept.size() < MAX_KEPT) {
            kept.push(buffer);
        }
    }
}
