package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** Digits of one of the four numbers. */
    private static final int HEX_PART = HEX_LENGTH / 4;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

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
        return new BlobId(part(hex, 0), part(hex, 1), part(hex, 2), part(hex, 3));
    }

    /** Whether {@link #parse} takes {@code text}. */
    public static boolean isHex(String text) {
        boolean digits = text.length() == HEX_LENGTH;
        for (int i = 0; digits && i < HEX_LENGTH; i++) {
            char ch = text.charAt(i);
            digits = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f');
        }
        return digits;
    }

    private static long part(String hex, int index) {
        return Long.parseUnsignedLong(hex, index * HEX_PART, (index + 1) * HEX_PART, 16);
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
        byte[] digits = new byte[HEX_LENGTH];
        put(digits, 0, a);
        put(digits, HEX_PART, b);
        put(digits, 2 * HEX_PART, c);
        put(digits, 3 * HEX_PART, d);
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    private static void put(byte[] digits, int at, long part) {
        long rest = part;
        for (int i = at + HEX_PART - 1; i >= at; i--) {
            digits[i] = DIGITS[(int) rest & 0xF];
            rest >>>= 4;
        }
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
