package dev.swarm.driver;

import dev.swarm.blob.BlobLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the buffers in which leaves wait to be verified for use again: they are nearly all that a download allocates. */
final class LeafBuffers {

    /** Kept when unused; 4 MiB, as many leaves as a few peers' windows hold. */
    private static final int MAX_KEPT = 64;

    private final Object lock = new Object();
    private final Deque<ByteBuffer> kept = new ArrayDeque<>();

    /** An empty buffer with room for {@code length} bytes, at most a leaf. */
    ByteBuffer take(int length) {
        ByteBuffer buffer;
        synchronized (lock) {
            buffer = kept.poll();
        }
        return (buffer == null ? ByteBuffer.allocate(BlobLayout.LEAF_BYTES) : buffer.clear()).limit(length);
    }

    /** Takes a buffer back that nobody refers to any more. */
    void give(ByteBuffer buffer) {
        synchronized (lock) {
            if (kept.size() < MAX_KEPT) {
                kept.push(buffer);
            }
        }
    }
}
