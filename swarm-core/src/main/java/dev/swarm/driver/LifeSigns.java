package dev.swarm.driver;

import dev.swarm.Ticker;

/** Says of what comes in slowly, now and then, that it does. For one thread at a time. */
final class LifeSigns {

    /** Often enough for whoever gives up after some seconds, and seldom enough to cost nothing. */
    private static final long GAP_NANOS = 500_000_000L;

    private final Ticker ticker;
    private final Runnable sign;
    private long lastAt;

    LifeSigns(Ticker ticker, Runnable sign) {
        this.ticker = ticker;
        this.sign = sign;
        this.lastAt = ticker.nanoTime();
    }

    /** Something came. */
    void arrived() {
        long now = ticker.nanoTime();
        if (now - lastAt >= GAP_NANOS) {
            lastAt = now;
            sign.run();
        }
    }
}
