package dev.swarm.crdt;

/**
 * The hashes from one bound to another. Immutable.
 *
 * @param from the least hash in the range
 * @param until the first hash after the range, greater than {@code from}
 */
public record KeyRange(KeyHash from, KeyHash until) {

    /** Every hash an element may have. */
    public static final KeyRange ALL = new KeyRange(KeyHash.MIN, KeyHash.MAX);

    /**
     * Checks the order of the bounds.
     *
     * @throws InvalidClaimException if the range is empty or inverted
     */
    public KeyRange {
        if (from.compareTo(until) >= 0) {
            throw new InvalidClaimException("range from " + from + " ends at " + until + ", must end after its start");
        }
    }

    /** Tells whether a hash lies in the range. */
    public boolean contains(KeyHash hash) {
        return from.compareTo(hash) <= 0 && hash.compareTo(until) < 0;
    }

    @Override
    public String toString() {
        return "[" + from + ", " + until + ")";
    }
}
