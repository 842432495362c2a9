package dev.swarm.blob;

import java.nio.ByteBuffer;

/**
 * The root of a blob's {@link HashTree}. It vouches for every leaf, so it is what a manifest entry signs. Immutable.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record TreeRoot(long a, long b, long c, long d) {

    /** Length of a root in bytes. */
    public static final int BYTES = 32;

    /** The root in the next 32 bytes of {@code source}, whose position moves on by as many. */
    public static TreeRoot read(ByteBuffer source) {
        return new TreeRoot(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    /**
     * The root with these 32 bytes.
     *
     * @throws IllegalArgumentException if there are not 32
     */
    public static TreeRoot of(byte[] sha256) {
        if (sha256.length != BYTES) {
            throw new IllegalArgumentException("a tree root has " + BYTES + " bytes, not " + sha256.length);
        }
        return read(ByteBuffer.wrap(sha256));
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
    @Override
    public String toString() {
        return new BlobId(a, b, c, d).hex();
    }
}
