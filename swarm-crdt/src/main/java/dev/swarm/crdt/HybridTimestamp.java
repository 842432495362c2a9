package dev.swarm.crdt;

import java.time.Instant;

/**
 * A point in hybrid logical time: wall-clock milliseconds in the upper 48 bits, a logical counter in the lower 16.
 *
 * <p>Timestamps are ordered as unsigned 64-bit numbers, so the order covers every value of {@code packed}. Immutable.
 * Source: Kulkarni, Demirbas, Madappa, Avva, Leone, "Logical Physical Clocks", OPODIS 2014, section 6.2.
 *
 * @param packed milliseconds since the epoch shifted left by 16, plus the counter
 */
public record HybridTimestamp(long packed) implements Comparable<HybridTimestamp> {

    /** The least timestamp: the epoch, counter 0. */
    public static final HybridTimestamp ZERO = new HybridTimestamp(0);

    /** Largest number of milliseconds since the epoch that fits; it lies in the year 10889. */
    public static final long MAX_EPOCH_MILLIS = (1L << 48) - 1;

    /** Largest counter within one millisecond. */
    public static final int MAX_COUNTER = 0xFFFF;

    private static final int COUNTER_BITS = 16;

    /**
     * Packs a wall-clock time and a counter.
     *
     * @param epochMillis milliseconds since the epoch, 0 to {@link #MAX_EPOCH_MILLIS}
     * @param counter 0 to {@link #MAX_COUNTER}
     * @throws IllegalArgumentException if either is out of range
     */
    public static HybridTimestamp of(long epochMillis, int counter) {
        if (epochMillis < 0 || epochMillis > MAX_EPOCH_MILLIS) {
            throw new IllegalArgumentException(
                    "timestamp: epochMillis is " + epochMillis + ", must be 0 to " + MAX_EPOCH_MILLIS);
        }
        if (counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("timestamp: counter is " + counter + ", must be 0 to " + MAX_COUNTER);
        }
        return new HybridTimestamp(epochMillis << COUNTER_BITS | counter);
    }

    /** Returns the wall-clock part in milliseconds since the epoch, 0 to {@link #MAX_EPOCH_MILLIS}. */
    public long epochMillis() {
        return packed >>> COUNTER_BITS;
    }

    /** Returns the logical part, 0 to {@link #MAX_COUNTER}. */
    public int counter() {
        return (int) packed & MAX_COUNTER;
    }

    /** Tells whether this timestamp comes strictly after {@code other}. */
    public boolean isAfter(HybridTimestamp other) {
        return compareTo(other) > 0;
    }

    /** Tells whether this timestamp comes strictly before {@code other}. */
    public boolean isBefore(HybridTimestamp other) {
        return compareTo(other) < 0;
    }

    /** Returns the later of two timestamps. */
    public static HybridTimestamp max(HybridTimestamp a, HybridTimestamp b) {
        return a.isBefore(b) ? b : a;
    }

    @Override
    public int compareTo(HybridTimestamp other) {
        return Long.compareUnsigned(packed, other.packed);
    }

    /** Returns the time in ISO 8601 and the counter, for example {@code 2026-01-01T00:00:00Z#3}. */
    @Override
    public String toString() {
        return Instant.ofEpochMilli(epochMillis()) + "#" + counter();
    }
}
