package dev.swarm.crdt;

import java.util.List;
import java.util.Objects;

/** What one side says it holds within a range of keys: a summary, or every element. */
public sealed interface RangeClaim {

    /** Returns the range the claim speaks about. */
    KeyRange range();

    /**
     * Fingerprint and number of the elements in a range. Immutable.
     *
     * @param range the range
     * @param fingerprint sum over the elements, as {@link ReconcileIndex} computes it
     * @param count number of elements, not negative
     */
    record Summary(KeyRange range, Fingerprint fingerprint, long count) implements RangeClaim {

        /**
         * Checks the count.
         *
         * @throws InvalidClaimException if it is negative
         */
        public Summary {
            Objects.requireNonNull(range, "range");
            Objects.requireNonNull(fingerprint, "fingerprint");
            if (count < 0) {
                throw new InvalidClaimException(
                        "claim over " + range + ": count is " + count + ", must not be negative");
            }
        }
    }

    /**
     * Every element in a range. Immutable.
     *
     * @param range the range
     * @param keys at most {@link Reconciler#MAX_LIST} elements in the range, strictly ascending by key
     */
    record Listing(KeyRange range, List<VersionedKey> keys) implements RangeClaim {

        /**
         * Copies and checks the elements.
         *
         * @throws InvalidClaimException if there are too many, or one is outside the range or out of order
         */
        public Listing {
            Objects.requireNonNull(range, "range");
            keys = List.copyOf(keys);
            if (keys.size() > Reconciler.MAX_LIST) {
                throw new InvalidClaimException(
                        "claim over " + range + ": lists " + keys.size() + " elements, limit " + Reconciler.MAX_LIST);
            }
            for (int i = 0; i < keys.size(); i++) {
                KeyHash key = keys.get(i).key();
                if (!range.contains(key)) {
                    throw new InvalidClaimException("claim over " + range + ": lists " + key + " outside the range");
                }
                if (i > 0 && keys.get(i - 1).key().compareTo(key) >= 0) {
                    throw new InvalidClaimException("claim over " + range + ": lists " + key + " out of order");
                }
            }
        }
    }
}
