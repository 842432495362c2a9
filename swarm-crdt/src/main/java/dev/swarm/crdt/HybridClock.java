package dev.swarm.crdt;

import java.util.Objects;

/**
 * Issues strictly increasing {@link HybridTimestamp}s that stay close to a wall clock the caller reads.
 *
 * <p>Every timestamp issued is greater than all issued and observed before it, so a change made after seeing another
 * is ordered after it even where wall clocks disagree. A remote timestamp further ahead than the bound is not taken
 * in: one node with a fast clock cannot drag the fleet along. Confined to one thread at a time.
 *
 * <p>Source: Kulkarni et al., "Logical Physical Clocks", OPODIS 2014. A full counter carries into the milliseconds
 * instead of waiting for the wall clock.
 */
public final class HybridClock {

    /**
     * Default bound on remote timestamps ahead of the wall clock, in milliseconds. A minute passes hosts without time
     * synchronisation that were set by hand; more would let a wrong clock outrank correct writes for longer.
     */
    public static final long DEFAULT_MAX_AHEAD_MILLIS = 60_000;

    private final long maxAheadMillis;
    private HybridTimestamp last = HybridTimestamp.ZERO;

    /** Creates a clock with {@link #DEFAULT_MAX_AHEAD_MILLIS}. */
    public HybridClock() {
        this(DEFAULT_MAX_AHEAD_MILLIS);
    }

    /**
     * Creates a clock that has issued nothing.
     *
     * @param maxAheadMillis how far ahead of the wall clock a remote timestamp may be, in milliseconds; too small
     *     refuses writes of hosts that drift, too large lets a fast clock win over later writes of others
     * @throws IllegalArgumentException if negative or above {@link HybridTimestamp#MAX_EPOCH_MILLIS}
     */
    public HybridClock(long maxAheadMillis) {
        if (maxAheadMillis < 0 || maxAheadMillis > HybridTimestamp.MAX_EPOCH_MILLIS) {
            throw new IllegalArgumentException("clock: maxAheadMillis is " + maxAheadMillis + ", must be 0 to "
                    + HybridTimestamp.MAX_EPOCH_MILLIS);
        }
        this.maxAheadMillis = maxAheadMillis;
    }

    /**
     * Issues a timestamp greater than every one issued, observed or restored before.
     *
     * @param nowMillis the wall clock in milliseconds since the epoch; may have stepped back
     * @throws IllegalArgumentException if {@code nowMillis} is negative or above
     *     {@link HybridTimestamp#MAX_EPOCH_MILLIS}
     * @throws IllegalStateException if the last representable timestamp has been issued
     */
    public HybridTimestamp next(long nowMillis) {
        HybridTimestamp wall = HybridTimestamp.of(nowMillis, 0);
        last = wall.isAfter(last) ? wall : successor(last);
        return last;
    }

    /**
     * Takes in a timestamp seen on a remote change, so that later local timestamps come after it.
     *
     * @param nowMillis the wall clock in milliseconds since the epoch
     * @return false, with nothing changed, if {@code remote} is too far ahead; true otherwise
     */
    public boolean observe(HybridTimestamp remote, long nowMillis) {
        if (!admits(remote, nowMillis)) {
            return false;
        }
        last = HybridTimestamp.max(last, remote);
        return true;
    }

    /**
     * Tells whether a timestamp is at most the bound ahead of the wall clock; changes nothing.
     *
     * @param nowMillis the wall clock in milliseconds since the epoch
     */
    public boolean admits(HybridTimestamp timestamp, long nowMillis) {
        return timestamp.epochMillis() - maxAheadMillis <= nowMillis;
    }

    /**
     * Raises the clock to a timestamp of an earlier run, without the bound that {@link #observe} applies.
     *
     * <p>Call it before the first {@link #next} with the value {@link #last} had. A caller that does not trust what
     * it stored asks {@link #admits} first.
     */
    public void restore(HybridTimestamp timestamp) {
        last = HybridTimestamp.max(last, Objects.requireNonNull(timestamp, "timestamp"));
    }

    /** Returns the greatest timestamp issued, observed or restored; {@link HybridTimestamp#ZERO} if there is none. */
    public HybridTimestamp last() {
        return last;
    }

    private static HybridTimestamp successor(HybridTimestamp timestamp) {
        if (timestamp.packed() == -1L) {
            throw new IllegalStateException("clock: no timestamp follows " + timestamp);
        }
        return new HybridTimestamp(timestamp.packed() + 1);
    }
}
