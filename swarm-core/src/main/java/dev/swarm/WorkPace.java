package dev.swarm;

import java.util.Objects;

/**
 * Decides when work that takes time in proportion to all that a node has may be done again, so that it takes a tenth of the time at most.
 * Safe for many threads.
 */
public final class WorkPace {

    /** One part in ten of the time: what is paced is for people, or against what people do to files now and then. */
    private static final int PARTS = 10;

    private final Ticker ticker;
    private final long longestNanos;
    private final Object lock = new Object();

    // Guarded by lock.
    private boolean underWay;
    private long startedAt;
    private long leftOut;
    private long notBefore;

    /** A pace at which the first turn may start at once. */
    public WorkPace(Ticker ticker) {
        this(ticker, Long.MAX_VALUE);
    }

    /**
     * A pace at which the first turn may start at once.
     *
     * @param longestNanos from the start of one turn to the next at most, even if that takes more than a tenth of the time
     */
    public WorkPace(Ticker ticker, long longestNanos) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.longestNanos = longestNanos;
        this.notBefore = ticker.nanoTime();
    }

    /** A turn starts. */
    public void started() {
        synchronized (lock) {
            startedAt = ticker.nanoTime();
            leftOut = 0;
            underWay = true;
        }
    }

    /** So many nanoseconds of the turn under way went by with work that is done once, and does not come again with each turn. */
    public void leaveOut(long nanos) {
        synchronized (lock) {
            leftOut += nanos;
        }
    }

    /** The turn that was started is over, well or not. */
    public void ended() {
        synchronized (lock) {
            underWay = false;
            long took = ticker.nanoTime() - startedAt;
            long once = Math.min(leftOut, took);
            notBefore = startedAt + once + Math.min(longestNanos, PARTS * (took - once));
        }
    }

    /** Nanoseconds until the next turn may start; 0 if it may. Not known while one is under way. */
    public long waitNanos() {
        synchronized (lock) {
            return Math.max(0, notBefore - ticker.nanoTime());
        }
    }

    /** Starts a turn, if none is under way and the next may start; whether it did. {@link #ended} has to follow. */
    public boolean tryStart() {
        synchronized (lock) {
            boolean starts = !underWay && waitNanos() == 0;
            if (starts) {
                started();
            }
            return starts;
        }
    }
}
