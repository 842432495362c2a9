package dev.swarm.driver;

import dev.swarm.Ticker;

/**
 * Decides when the readable view of the manifest may be written again, which takes time in proportion to the manifest. Confined
 * to one thread at a time.
 */
final class ViewPace {

    /** One part in ten of the time is spent on writing, at most: a view is for people, who look at it now and then. */
    private static final int PARTS = 10;

    private final Ticker ticker;
    private long startedAt;
    private long notBefore;

    /** A pace at which the first writing may start at once. */
    ViewPace(Ticker ticker) {
        this.ticker = ticker;
        this.notBefore = ticker.nanoTime();
    }

    /** A writing starts. */
    void started() {
        startedAt = ticker.nanoTime();
    }

    /** The writing that was started is over, well or not. */
    void ended() {
        notBefore = startedAt + PARTS * (ticker.nanoTime() - startedAt);
    }

    /** Nanoseconds until the next writing may start; 0 if it may. */
    long waitNanos() {
        return Math.max(0, notBefore - ticker.nanoTime());
    }
}
