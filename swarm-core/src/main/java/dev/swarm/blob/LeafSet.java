package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A set of a blob's leaves. Mutable; confined to its owner, who copies it before handing it on.
 */
public final class LeafSet {

    private final int leafCount;

    /** Leaf {@code n} is bit {@code n % 64} of word {@code n / 64}; no bit beyond the last leaf is ever set. */
    private final long[] words;

    private int size;

    private LeafSet(int leafCount, long[] words, int size) {
        this.leafCount = leafCount;
        this.words = words;
        this.size = size;
    }

    /** No leaf of a blob of {@code leafCount}. */
    public static LeafSet none(int leafCount) {
        return new LeafSet(leafCount, new long[wordsOf(leafCount)], 0);
    }

    /** Every leaf of a blob of {@code leafCount}. */
    public static LeafSet all(int leafCount) {
        long[] words = new long[wordsOf(leafCount)];
        Arrays.fill(words, -1L);
        if (leafCount % Long.SIZE != 0) {
            words[words.length - 1] = (1L << leafCount) - 1;
        }
        return new LeafSet(leafCount, words, leafCount);
    }

    /** These leaves of a blob of {@code leafCount}. */
    public static LeafSet of(int leafCount, int... leaves) {
        LeafSet set = none(leafCount);
        for (int leaf : leaves) {
            set.add(leaf);
        }
        return set;
    }

    private static int wordsOf(int leafCount) {
        return (leafCount + Long.SIZE - 1) / Long.SIZE;
    }

    private static int cardinality(long[] words) {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
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
        ByteBuffer bytes = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long[] words = new long[wordsOf(leafCount)];
        int whole = bytes.remaining() / Long.BYTES;
        bytes.asLongBuffer().get(words, 0, whole);
        bytes.position(bytes.position() + whole * Long.BYTES);
        for (int shift = 0; bytes.hasRemaining(); shift += Byte.SIZE) {
            words[whole] |= (bytes.get() & 0xffL) << shift;
        }
        long beyond = leafCount % Long.SIZE == 0 ? 0 : words[words.length - 1] & -1L << leafCount;
        if (beyond != 0) {
            int named = words.length * Long.SIZE - 1 - Long.numberOfLeadingZeros(beyond);
            throw new IllegalArgumentException("leaf set names leaf " + named + " of " + leafCount);
        }
        return new LeafSet(leafCount, words, cardinality(words));
    }

    /** How many bytes {@link #encode} gives for a blob of {@code leafCount}. */
    public static int encodedLength(int leafCount) {
        return (leafCount + 7) / 8;
    }

    /** One bit a leaf, the least significant bit of the first byte for leaf 0. */
    public ByteBuffer encode() {
        ByteBuffer target = ByteBuffer.allocate(encodedLength(leafCount)).order(ByteOrder.LITTLE_ENDIAN);
        int whole = target.remaining() / Long.BYTES;
        target.asLongBuffer().put(words, 0, whole);
        target.position(whole * Long.BYTES);
        for (int shift = 0; target.hasRemaining(); shift += Byte.SIZE) {
            target.put((byte) (words[whole] >>> shift));
        }
        return target.rewind().order(ByteOrder.BIG_ENDIAN);
    }

    /** A set of its own with the same leaves. */
    public LeafSet copy() {
        return new LeafSet(leafCount, words.clone(), size);
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
        return leaf < leafCount && (words[leaf >> 6] >>> leaf & 1) != 0;
    }

    /** Whether every leaf from {@code first} to before {@code end} is in the set. */
    public boolean containsRange(int first, int end) {
        return firstNotIn(first) >= end;
    }

    /** Adds a leaf; whether it was new. */
    public boolean add(int leaf) {
        Objects.checkIndex(leaf, leafCount);
        long bit = 1L << leaf;
        if ((words[leaf >> 6] & bit) != 0) {
            return false;
        }
        words[leaf >> 6] |= bit;
        size++;
        return true;
    }

    /** Takes a leaf out; whether it was in. */
    public boolean remove(int leaf) {
        if (!contains(leaf)) {
            return false;
        }
        words[leaf >> 6] &= ~(1L << leaf);
        size--;
        return true;
    }

    /** Adds every leaf of {@code other}. */
    public void addAll(LeafSet other) {
        if (other.leafCount != leafCount) {
            throw new IllegalArgumentException("sets of " + leafCount + " and " + other.leafCount + " leaves");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i];
        }
        size = cardinality(words);
    }

    /** Adds every leaf of another set but those of a third, all of the same blob. */
    public void addAllBut(LeafSet other, LeafSet but) {
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i] & ~but.words[i];
        }
        size = cardinality(words);
    }

    /** The first leaf from {@code from} on that is in the set, or -1. */
    public int nextIn(int from) {
        if (from >= leafCount) {
            return -1;
        }
        int index = from >> 6;
        long word = words[index] & -1L << from;
        while (word == 0) {
            if (++index == words.length) {
                return -1;
            }
            word = words[index];
        }
        return index * Long.SIZE + Long.numberOfTrailingZeros(word);
    }

    /** The first leaf from {@code from} on that is not in the set, or -1 if there is none. */
    public int nextMissing(int from) {
        int leaf = firstNotIn(from);
        return leaf < leafCount ? leaf : -1;
    }

    private int firstNotIn(int from) {
        if (from >= leafCount) {
            return from;
        }
        int index = from >> 6;
        long word = ~words[index] & -1L << from;
        while (word == 0) {
            if (++index == words.length) {
                return leafCount;
            }
            word = ~words[index];
        }
        return Math.min(leafCount, index * Long.SIZE + Long.numberOfTrailingZeros(word));
    }

    /** How many words there are of {@link #word}. */
    public int wordCount() {
        return words.length;
    }

    /** 64 leaves at a time: leaf {@code n} is bit {@code n % 64} of word {@code n / 64}. */
    public long word(int index) {
        return words[index];
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
