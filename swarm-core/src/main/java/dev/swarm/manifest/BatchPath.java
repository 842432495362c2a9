package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * What leads from an entry of a batch to the root that its author signed: its place, and the audit path of RFC 6962 section
 * 2.1.1. Immutable.
 *
 * <p>How many hashes there are follows from place and size, so it is not written.
 */
final class BatchPath {

    private static final int MAX_HASHES = 10;

    /** Most bytes that {@link #write} writes: two counts and the hashes. */
    static final int MAX_BYTES = 2 * 2 + MAX_HASHES * Sha256.BYTES;

    private final int index;
    private final int size;

    /** One after the other, the sibling of the leaf first. */
    private final byte[] hashes;

    BatchPath(int index, int size, List<byte[]> siblings) {
        this(index, size, new byte[siblings.size() * Sha256.BYTES]);
        for (int i = 0; i < siblings.size(); i++) {
            System.arraycopy(siblings.get(i), 0, hashes, i * Sha256.BYTES, Sha256.BYTES);
        }
    }

    private BatchPath(int index, int size, byte[] hashes) {
        this.index = index;
        this.size = size;
        this.hashes = hashes;
        if (hashes.length != hashCount(index, size) * Sha256.BYTES) {
            throw new IllegalArgumentException("path of entry " + index + " of " + size + " has "
                    + hashes.length / Sha256.BYTES + " hashes, has to have " + hashCount(index, size));
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws CanonicalFormatException if the batch has fewer than two entries or too many, or not this one
     */
    static BatchPath read(CanonicalReader reader) {
        long size = reader.readCount(EntryBatch.MAX_ENTRIES);
        if (size < 2) {
            throw new CanonicalFormatException("batch has " + size + " entries, has to have 2 to "
                    + EntryBatch.MAX_ENTRIES + "; one entry is signed by itself");
        }
        int index = (int) reader.readCount(size - 1);
        return new BatchPath(index, (int) size, reader.readFixed(hashCount(index, (int) size) * Sha256.BYTES));
    }

    void write(CanonicalWriter writer) {
        writer.putCount(size).putCount(index).putFixed(hashes);
    }

    int size() {
        return size;
    }

    /** The root to which the path leads from an entry, as {@link SignedEntry#signedBytes} has it. */
    byte[] root(byte[] entry) {
        MessageDigest digest = Sha256.digest();
        return root(EntryBatch.leaf(entry, digest), index, size, hashes.length, digest);
    }

    /** The root of the part of the tree that has {@code size} leaves; the hashes before {@code end} belong to it. */
    private byte[] root(byte[] leaf, int index, int size, int end, MessageDigest digest) {
        if (size == 1) {
            return leaf;
        }
        int left = leftOf(size);
        int start = end - Sha256.BYTES;
        byte[] sibling = Arrays.copyOfRange(hashes, start, end);
        return index < left
                ? EntryBatch.node(root(leaf, index, left, start, digest), sibling, digest)
                : EntryBatch.node(sibling, root(leaf, index - left, size - left, start, digest), digest);
    }

    private static int hashCount(int index, int size) {
        if (size == 1) {
            return 0;
        }
        int left = leftOf(size);
        return 1 + (index < left ? hashCount(index, left) : hashCount(index - left, size - left));
    }

    /** How many leaves the left part of a tree has: the greatest power of two below {@code size}. */
    private static int leftOf(int size) {
        return Integer.highestOneBit(size - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchPath path
                && index == path.index
                && size == path.size
                && Arrays.equals(hashes, path.hashes);
    }

    @Override
    public int hashCode() {
        return 31 * index + Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return "entry " + index + " of a batch of " + size;
    }
}
