package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the few content buffers of an event loop for use again. Confined to that loop. */
final class BufferPool {

    /** Read at once from a content source: a disk's read-ahead, and far below the size at which AES-GCM slows down. */
    static final int BUFFER_BYTES = 256 * 1024;

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
