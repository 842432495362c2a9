package dev.swarm.crdt;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A 128-bit fingerprint of a set: the sum of its elements' hashes in two lanes, each modulo 2 to the 64th.
 *
 * <p>Sums form a commutative group: a set's fingerprint does not depend on order, grows and shrinks by one element in
 * constant time, and a range is the difference of two prefixes. Exclusive or would do that too, but whoever may choose
 * 129 elements could then solve for a subset with any given fingerprint by Gaussian elimination; against sums only
 * generalised birthday searches are known (Wagner, "A Generalized Birthday Problem", CRYPTO 2002). A carry between
 * the lanes would add nothing, since element hashes are uniform. A member who affords such a search can delay the
 * spread of elements of its own making; it cannot alter anyone's.
 *
 * <p>Immutable.
 *
 * @param high sum of the first eight bytes of the hashes
 * @param low sum of the next eight bytes
 */
public record Fingerprint(long high, long low) {

    /** The fingerprint of the empty set. */
    public static final Fingerprint ZERO = new Fingerprint(0, 0);

    /** Bytes of a hash that count. */
    public static final int BYTES = 16;

    /**
     * Returns the fingerprint of the set that holds one element.
     *
     * @param hash a cryptographic hash of the element; bytes after the first 16 are ignored
     * @throws IllegalArgumentException if there are fewer than 16
     */
    public static Fingerprint of(byte[] hash) {
        if (hash.length < BYTES) {
            throw new IllegalArgumentException("fingerprint: hash is " + hash.length + " bytes, needs " + BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(hash);
        return new Fingerprint(buffer.getLong(), buffer.getLong());
    }

    /** Returns the fingerprint of the disjoint union. */
    public Fingerprint plus(Fingerprint other) {
        return new Fingerprint(high + other.high, low + other.low);
    }

    /** Returns the fingerprint of the set without a subset that has fingerprint {@code other}. */
    public Fingerprint minus(Fingerprint other) {
        return new Fingerprint(high - other.high, low - other.low);
    }

    /** Written out, as the equality of a record is slower and every message compares fingerprints. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Fingerprint print && high == print.high && low == print.low);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }

    /** Returns 32 hex digits. */
    @Override
    public String toString() {
        return KeyHash.hex(high, low);
    }
}
