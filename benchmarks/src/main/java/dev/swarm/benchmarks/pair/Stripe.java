package dev.swarm.benchmarks.pair;

import dev.swarm.blob.BlobLayout;
import java.nio.ByteBuffer;

/**
 * What a receiver asks for at a time: whole leaves, 4 MiB of them unless the content ends before.
 *
 * @param first first leaf
 * @param end one past the last leaf
 * @param offset first byte
 * @param length how many bytes
 */
record Stripe(int first, int end, long offset, long length) {

    static final int LEAVES = 64;

    static final int REQUEST_BYTES = 16;

    static int count(BlobLayout layout) {
        return (layout.leafCount() + LEAVES - 1) / LEAVES;
    }

    static Stripe of(BlobLayout layout, int number) {
        int first = number * LEAVES;
        int end = Math.min(layout.leafCount(), first + LEAVES);
        return new Stripe(first, end, layout.leafOffset(first), layout.rangeLength(first, end));
    }

    /** The request as a bare loop sends it. */
    ByteBuffer encode() {
        return ByteBuffer.allocate(REQUEST_BYTES)
                .putLong(offset)
                .putLong(length)
                .flip();
    }
}
