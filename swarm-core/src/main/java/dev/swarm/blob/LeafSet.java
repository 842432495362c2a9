package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;

/**
 * A set of a blob's leaves. Mutable; confined to its owner, who copies it before handing it on.
 */
public final class LeafSet {

    private final int leafCount;
    private final BitSet bits;
    private int size;

    private LeafSet(int leafCount, BitSet bits) {
        this.leafCount = leafCount;
        this.bits = bits;
        this.size = bits.cardinality();
    }

    /** No leaf of a blob of {@code leafCount}. */
    public static LeafSet none(int leafCount) {
        return new LeafSet(leafCount, new BitSet(leafCount));
    }

    /** Every leaf of a blob of {@code leafCount}. */
    public static LeafSet all(int leafCount) {
        BitSet bits = new BitSet(leafCount);
        bits.set(0, leafCount);
        return new LeafSet(leafCount, bits);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if the length is wrong or a bit beyond the last leaf is set
     */
    public static LeafSet decode(int leafCount, ByteBuffer source) {
        if (source.remaining() != encodedLength(leafCount)) {
            throw new IllegalArgumentException("leaf set of " + leafCount + " leaves has " + encodedLength(leafCount)
                    + " bytes, not " + source.remaining());
        }
        BitSet bits = BitSet.valueOf(source);
        if (bits.length() > leafCount) {
            throw new IllegalArgumentException("leaf set names leaf " + (bits.length() - 1) + " of " + leafCount);
        }
        return new LeafSet(leafCount, bits);
    }

    /** How many bytes {@link #encode} gives for a blob of {@code leafCount}. */
    public static int encodedLength(int leafCount) {
        return (leafCount + 7) / 8;
    }

    /** One bit a leaf, the least significant bit of the first byte for leaf 0. */
    public ByteBuffer encode() {
        ByteBuffer target = ByteBuffer.allocate(encodedLength(leafCount));
        target.put(bits.toByteArray());
        return target.rewind();
    }

    /** A set of its own with the same leaves. */
    public LeafSet copy() {
        return new LeafSet(leafCount, (BitSet) bits.clone());
    }

    /** How many leaves the blob has. */
    public int leafCount() {
        return leafCount;
    }

    /** How many leaves are in the set. */
    public int size() {
        return size;
    }

    /** Whether every leaf is in the set. */
    public boolean isFull() {
        return size == leafCount;
    }

    /** Whether a leaf is in the set; false beyond the blob. */
    public boolean contains(int leaf) {
        return bits.get(leaf);
    }

    /** Whether every leaf from {@code first} to before {@code end} is in the set. */
    public boolean containsRange(int first, int end) {
        return bits.nextClearBit(first) >= end;
    }

    /** Adds a leaf; whether it was new. */
    public boolean add(int leaf) {
        Objects.checkIndex(leaf, leafCount);
        if (bits.get(leaf)) {
            return false;
        }
        bits.set(leaf);
        size++;
        return true;
    }

    /** Takes a leaf out; whether it was in. */
    public boolean remove(int leaf) {
        if (!bits.get(leaf)) {
            return false;
        }
        bits.clear(leaf);
        size--;
        return true;
    }

    /** Adds every leaf of {@code other}. */
    public void addAll(LeafSet other) {
        if (other.leafCount != leafCount) {
            throw new IllegalArgumentException("sets of " + leafCount + " and " + other.leafCount + " leaves");
        }
        bits.or(other.bits);
        size = bits.cardinality();
    }

    /** Adds every leaf of another set but those of a third, all of the same blob. */
    public void addAllBut(LeafSet other, LeafSet but) {
        BitSet fresh = (BitSet) other.bits.clone();
        fresh.andNot(but.bits);
        bits.or(fresh);
        size = bits.cardinality();
    }

    /** The first leaf from {@code from} on that is in the set, or -1. */
    public int nextIn(int from) {
        return bits.nextSetBit(from);
    }

    /** The first leaf from {@code from} on that is not in the set, or -1 if there is none. */
    public int nextMissing(int from) {
        int leaf = bits.nextClearBit(from);
        return leaf < leafCount ? leaf : -1;
    }

    /** The set as words: leaf {@code n} is bit {@code n % 64} of word {@code n / 64}. Trailing words without a leaf are left out. */
    public long[] toWords() {
        return bits.toLongArray();
    }

    /** How many chunks have all their leaves in the set. */
    public int fullChunks() {
        int full = 0;
        for (int first = 0; first < leafCount; first += BlobLayout.LEAVES_PER_CHUNK) {
            if (containsRange(first, Math.min(leafCount, first + BlobLayout.LEAVES_PER_CHUNK))) {
                full++;
            }
        }
        return full;
    }

    @Override
    public String toString() {
        return size + "/" + leafCount;
    }
}
