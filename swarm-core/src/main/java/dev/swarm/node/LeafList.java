package dev.swarm.node;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import java.nio.ByteBuffer;

/** A few leaves of a blob as bytes: how many, the first, and for each other one how many lie between it and the one before. */
final class LeafList {

    /** Longer lists are no shorter than the bits of a gigabyte. */
    static final int MAX_LEAVES = 1_024;

    /** A number below 2³¹ takes no more. */
    private static final int MAX_COUNT_BYTES = 5;

    private LeafList() {}

    /**
     * The bytes of a list.
     *
     * @param leaves ascending, {@link #MAX_LEAVES} at most
     */
    static ByteBuffer encode(int[] leaves) {
        CanonicalWriter writer = new CanonicalWriter((1 + leaves.length) * MAX_COUNT_BYTES);
        writer.putCount(leaves.length);
        int next = 0;
        for (int leaf : leaves) {
            writer.putCount(leaf - next);
            next = leaf + 1;
        }
        return ByteBuffer.wrap(writer.toByteArray());
    }

    /**
     * The leaves of a list.
     *
     * @throws IllegalArgumentException if it is malformed, longer than {@link #MAX_LEAVES} or names a leaf beyond {@code leafCount}
     */
    static int[] decode(ByteBuffer bytes, int leafCount) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        CanonicalReader reader = new CanonicalReader(copy);
        int[] leaves = new int[reader.readSize(MAX_LEAVES, 1)];
        int next = 0;
        for (int i = 0; i < leaves.length; i++) {
            // Beyond the blob even 0 is refused: the greatest number accepted is -1 then.
            leaves[i] = next + (int) reader.readCount(leafCount - 1L - next);
            next = leaves[i] + 1;
        }
        reader.expectEnd();
        return leaves;
    }
}
