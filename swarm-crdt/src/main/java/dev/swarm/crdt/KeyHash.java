package dev.swarm.crdt;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The 128-bit hash of a map's key, and a bound between such hashes; ordered as an unsigned number.
 *
 * <p>Immutable. {@link #MAX} is a bound only: no element may have it, so that every range can be half-open.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record KeyHash(long high, long low) implements Comparable<KeyHash> {

    /** The least hash. */
    public static final KeyHash MIN = new KeyHash(0, 0);

    /** The greatest bound, above every element. */
    public static final KeyHash MAX = new KeyHash(-1, -1);

    /** Length of a hash in bytes. */
    public static final int BYTES = 16;

    /**
     * Takes the first 16 bytes of a cryptographic hash of a key.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public static KeyHash of(byte[] hash) {
        if (hash.length < BYTES) {
            throw new IllegalArgumentException("key hash: hash is " + hash.length + " bytes, needs " + BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(hash);
        return new KeyHash(buffer.getLong(), buffer.getLong());
    }

    @Override
    public int compareTo(KeyHash other) {
        return compare(high, low, other.high, other.low);
    }

    /** Returns 32 hex digits. */
    @Override
    public String toString() {
        return hex(high, low);
    }

    static int compare(long highA, long lowA, long highB, long lowB) {
        int byHigh = Long.compareUnsigned(highA, highB);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(lowA, lowB);
    }

    static String hex(long high, long low) {
        HexFormat format = HexFormat.of();
        return format.toHexDigits(high) + format.toHexDigits(low);
    }

    /**
     * Returns the bound above {@code below} and at most {@code key} that ends in the most zero bytes, which the codec
     * leaves out.
     */
    static KeyHash shortestBound(KeyHash below, KeyHash key) {
        if (below.high != key.high) {
            return new KeyHash(leadingBytes(key.high, below.high), 0);
        }
        return new KeyHash(key.high, leadingBytes(key.low, below.low));
    }

    /** Keeps the bytes of {@code word} up to and including the first that differs from {@code other}. */
    private static long leadingBytes(long word, long other) {
        int sharedBits = Long.numberOfLeadingZeros(word ^ other) & -Byte.SIZE;
        return word & (-1L << (Long.SIZE - Byte.SIZE - sharedBits));
    }
}
