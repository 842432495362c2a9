package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The hashes of a blob's leaves: the Merkle tree of RFC 6962 section 2.1 over SHA-256(0x00 || leaf), by whose root a single
 * leaf can be checked. Takes 32 bytes a leaf. Immutable, safe for many threads.
 */
public final class HashTree {

    /** Length of one hash in bytes. */
    public static final int HASH_BYTES = Sha256.BYTES;

    /** An int counts the leaves, so no path is longer. */
    private static final int MAX_LEVELS = 32;

    private final byte[] hashes;
    private final TreeRoot root;

    private HashTree(byte[] hashes, TreeRoot root) {
        this.hashes = hashes;
        this.root = root;
    }

    /**
     * The tree over these leaf hashes, in order and without separators. Computes the root, 32 bytes of hashing a leaf.
     *
     * @param concatenated the hashes; copied, its position moves to its limit
     * @throws IllegalArgumentException if the length is not a multiple of 32
     */
    public static HashTree ofLeafHashes(ByteBuffer concatenated) {
        if (concatenated.remaining() % HASH_BYTES != 0) {
            throw new IllegalArgumentException("leaf hashes have " + HASH_BYTES + " bytes each; these take "
                    + concatenated.remaining() + " together");
        }
        byte[] hashes = new byte[concatenated.remaining()];
        concatenated.get(hashes);
        return new HashTree(hashes, computeRoot(hashes));
    }

    /**
     * The tree of a blob that has at most one leaf, whose root is all there is to know.
     *
     * @throws IllegalArgumentException if the blob has more leaves, or none and {@code root} is not that of an empty blob
     */
    public static HashTree ofRoot(BlobLayout layout, TreeRoot root) {
        HashTree tree =
                switch (layout.leafCount()) {
                    case 0 -> ofLeafHashes(ByteBuffer.allocate(0));
                    case 1 -> new HashTree(root.toBytes(), root);
                    default ->
                        throw new IllegalArgumentException(
                                "a root alone does not give the hashes of " + layout.leafCount() + " leaves");
                };
        if (!tree.root.equals(root)) {
            throw new IllegalArgumentException("the root of an empty blob is " + tree.root + ", not " + root);
        }
        return tree;
    }

    /** A tree whose root was computed before; takes over {@code hashes}. */
    static HashTree trusted(byte[] hashes, TreeRoot root) {
        return new HashTree(hashes, root);
    }

    /** The tree over these leaf hashes; takes over {@code hashes}. */
    static HashTree owning(byte[] hashes) {
        return new HashTree(hashes, computeRoot(hashes));
    }

    /** The hash of one leaf, a new array; the position of {@code leaf} moves to its limit. */
    public static byte[] leafHash(ByteBuffer leaf) {
        byte[] hash = new byte[HASH_BYTES];
        new LeafHasher().leaf(leaf, hash, 0);
        return hash;
    }

    /** How many leaves there are. */
    public int leafCount() {
        return hashes.length / HASH_BYTES;
    }

    /** The root; of no leaves, the SHA-256 of nothing. */
    public TreeRoot root() {
        return root;
    }

    /**
     * Whether {@code data} is that leaf. The position of {@code data} stays.
     *
     * @throws IndexOutOfBoundsException if there is no such leaf
     */
    public boolean matches(int leaf, ByteBuffer data) {
        return matches(leaf, data, new LeafHasher());
    }

    /** Whether {@code data} is that leaf, computed with a hasher that the calling thread has to itself. */
    boolean matches(int leaf, ByteBuffer data, LeafHasher hasher) {
        return hasher.matches(data, hashes, Objects.checkIndex(leaf, leafCount()) * HASH_BYTES);
    }

    /** The leaf hashes, in order and without separators, read-only. Shares this tree's memory. */
    public ByteBuffer encode() {
        return ByteBuffer.wrap(hashes).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashTree that && root.equals(that.root) && hashes.length == that.hashes.length;
    }

    @Override
    public int hashCode() {
        return root.hashCode();
    }

    @Override
    public String toString() {
        return leafCount() + " leaves under " + root;
    }

    /** Adds leaf after leaf to a stack of full subtrees, as carries run through a binary counter. */
    private static TreeRoot computeRoot(byte[] hashes) {
        int leaves = hashes.length / HASH_BYTES;
        if (leaves == 0) {
            return TreeRoot.of(Sha256.newDigest().digest());
        }
        LeafHasher hasher = new LeafHasher();
        byte[] stack = new byte[MAX_LEVELS * HASH_BYTES];
        int top = 0;
        for (int leaf = 0; leaf < leaves; leaf++) {
            System.arraycopy(hashes, leaf * HASH_BYTES, stack, top, HASH_BYTES);
            for (int carry = leaf; (carry & 1) != 0; carry >>= 1) {
                top -= HASH_BYTES;
                hasher.node(stack, top, top + HASH_BYTES, stack, top);
            }
            top += HASH_BYTES;
        }
        for (top -= HASH_BYTES; top > 0; top -= HASH_BYTES) {
            int left = top - HASH_BYTES;
            hasher.node(stack, left, top, stack, left);
        }
        return TreeRoot.read(ByteBuffer.wrap(stack));
    }
}
