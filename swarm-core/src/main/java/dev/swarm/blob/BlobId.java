package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of a blob: the SHA-256 of its bytes (FIPS 180-4). Immutable.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record BlobId(long a, long b, long c, long d) implements Comparable<BlobId> {

    /** Length of an id in bytes. */
    public static final int BYTES = 32;

    private static final int HEX_LENGTH = 2 * BYTES;

    /** The id in the next 32 bytes of {@code source}, whose position moves on by as many. */
    public static BlobId read(ByteBuffer source) {
        return new BlobId(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    /**
     * The id with these 32 bytes.
     *
     * @throws IllegalArgumentException if there are not 32
     */
    public static BlobId of(byte[] sha256) {
        if (sha256.length != BYTES) {
            throw new IllegalArgumentException("a SHA-256 has " + BYTES + " bytes, not " + sha256.length);
        }
        return read(ByteBuffer.wrap(sha256));
    }

    /**
     * Reads 64 lower-case hex digits.
     *
     * @throws IllegalArgumentException if {@code hex} is anything else
     */
    public static BlobId parse(String hex) {
        if (!isHex(hex)) {
            throw new IllegalArgumentException(
                    "a blob id is 64 lower-case hex digits; this has length " + hex.length());
        }
        return of(HexFormat.of().parseHex(hex));
    }

    /** Whether {@link #parse} takes {@code text}. */
    public static boolean isHex(String text) {
        return text.length() == HEX_LENGTH
                && text.chars().allMatch(ch -> (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f'));
    }

    /** The 32 bytes, a new array each time. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** The 64 lower-case hex digits. */
    public String hex() {
        HexFormat format = HexFormat.of();
        return format.toHexDigits(a) + format.toHexDigits(b) + format.toHexDigits(c) + format.toHexDigits(d);
    }

    @Override
    public int compareTo(BlobId other) {
        int byA = Long.compareUnsigned(a, other.a);
        if (byA != 0) {
            return byA;
        }
        int byB = Long.compareUnsigned(b, other.b);
        if (byB != 0) {
            return byB;
        }
        int byC = Long.compareUnsigned(c, other.c);
        return byC != 0 ? byC : Long.compareUnsigned(d, other.d);
    }

    /** Written out, as the equality of a record is slower and every leaf looks ids up. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof BlobId id && a == id.a && b == id.b && c == id.c && d == id.d);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * Long.hashCode(a) + Long.hashCode(b)) + Long.hashCode(c)) + Long.hashCode(d);
    }

    @Override
    public String toString() {
        return hex();
    }
}
