package dev.swarm.benchmarks.pair;

import dev.swarm.blob.BlobLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Leaf buffers to be used again; as many as were ever in use at once. Safe for many threads. */
final class LeafBuffers {

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? ByteBuffer.allocate(BlobLayout.LEAF_BYTES) : buffer.clear();
    }

    void give(ByteBuffer buffer) {
        free.add(buffer);
    }
}
