package dev.swarm.blob;

import java.util.Objects;

/**
 * How a blob of a given size is divided: into leaves, which are verified and relayed one by one, and chunks, which people
 * count. Immutable.
 *
 * @param size the blob's size in bytes, 0 to {@link #MAX_BLOB_BYTES}
 */
public record BlobLayout(long size) {

    /** Unit of verification: small enough that a false byte costs little, large enough that hashes are 0.05 % of the content. */
    public static final int LEAF_BYTES = 64 * 1024;

    /** Unit of accounting. */
    public static final int CHUNK_BYTES = 1024 * 1024;

    /** Leaves in a full chunk. */
    public static final int LEAVES_PER_CHUNK = CHUNK_BYTES / LEAF_BYTES;

    /** Units that a blob is shared out in, more or less: many, so that the shares of a dozen nodes differ little. */
    private static final int UNITS = 1_024;

    /** Largest blob: its leaf hashes take 128 MiB, the most that a node should hold for one transfer. */
    public static final long MAX_BLOB_BYTES = 256L << 30;

    /** Checks the size. */
    public BlobLayout {
        if (size < 0 || size > MAX_BLOB_BYTES) {
            throw new IllegalArgumentException("blob size is " + size + ", has to be 0 to " + MAX_BLOB_BYTES);
        }
    }

    /** How many leaves there are; none in an empty blob. */
    public int leafCount() {
        return Math.toIntExact((size + LEAF_BYTES - 1) / LEAF_BYTES);
    }

    /** How many chunks there are; none in an empty blob. */
    public int chunkCount() {
        return Math.toIntExact((size + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    /** Where a leaf starts, in bytes. The index one past the last gives the size. */
    public long leafOffset(int leaf) {
        return Math.min(size, (long) leaf * LEAF_BYTES);
    }

    /** How many bytes a leaf has; only the last may have fewer than {@link #LEAF_BYTES}. */
    public int leafLength(int leaf) {
        Objects.checkIndex(leaf, leafCount());
        return (int) (leafOffset(leaf + 1) - leafOffset(leaf));
    }

    /** How many bytes the leaves from {@code first} to before {@code end} have together. */
    public long rangeLength(int first, int end) {
        return leafOffset(end) - leafOffset(first);
    }

    /** How many leaves are given away, owned and asked for together, where nothing speaks against it: 1 to a chunk's. */
    public int unitLeaves() {
        return Math.max(1, Math.min(LEAVES_PER_CHUNK, leafCount() / UNITS));
    }

    /** The first leaf of a chunk. */
    public int firstLeafOfChunk(int chunk) {
        return Math.min(leafCount(), chunk * LEAVES_PER_CHUNK);
    }

    /** The chunk that a leaf belongs to. */
    public static int chunkOfLeaf(int leaf) {
        return leaf / LEAVES_PER_CHUNK;
    }
}
