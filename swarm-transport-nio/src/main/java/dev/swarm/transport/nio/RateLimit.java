package dev.swarm.transport.nio;

import java.util.concurrent.TimeUnit;

/**
 * Shares a rate among connections: each reserves a moment for its next few bytes, one after the other.
 *
 * <p>A token bucket kept as the time at which it is empty (the generic cell rate algorithm, ITU-T I.371), so nothing ticks:
 * a reader sleeps until its moment and no longer. Safe for many threads.
 */
final class RateLimit {

    /** A limit that holds nothing back. */
    static final long UNLIMITED = 0;

    /** Time that may be caught up after nothing was read: covers late wake-ups, without a burst that a link would notice. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** One reservation is this long at the rate, within the bounds below: short enough to share, long enough to be cheap. */
    private static final long RESERVATIONS_PER_SECOND = 100;

    private static final int MIN_RESERVED_BYTES = 4 * 1024;
    private static final int MAX_RESERVED_BYTES = 64 * 1024;

    private final Object lock = new Object();
    private long next;
    private boolean used;
    private volatile long bytesPerSecond;
    private volatile int version;

    RateLimit(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Sets another rate, or {@link #UNLIMITED}. Moments reserved before are void: {@link #version} differs. */
    void set(long rate) {
        synchronized (lock) {
            bytesPerSecond = rate;
            used = false;
            version++;
        }
    }

    boolean isLimited() {
        return bytesPerSecond != UNLIMITED;
    }

    /** Counts the changes of the rate. */
    int version() {
        return version;
    }

    /** Bytes of one reservation. */
    int reservedBytes() {
        return (int)
                Math.max(MIN_RESERVED_BYTES, Math.min(MAX_RESERVED_BYTES, bytesPerSecond / RESERVATIONS_PER_SECOND));
    }

    /** Reserves the reading of {@code bytes}; answers the moment from which they may be read. */
    long reserve(long now, int bytes) {
        synchronized (lock) {
            long rate = bytesPerSecond;
            if (rate == UNLIMITED) {
                return now;
            }
            long earliest = now - BURST_NANOS;
            long start = used && next - earliest > 0 ? next : earliest;
            used = true;
            next = start + Math.round(bytes * 1e9 / rate);
            return start;
        }
    }
}
