package dev.swarm.transport.nio;

import dev.swarm.Ticker;
import java.time.Duration;
import org.slf4j.Logger;

/** Writes what peers do wrong, at most once a second, with a count of what was left out. Safe for many threads. */
final class FaultLog {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Object lock = new Object();
    private final Logger log;
    private final Ticker ticker;
    private boolean written;
    private long lastNanos;
    private int left;

    FaultLog(Logger log, Ticker ticker) {
        this.log = log;
        this.ticker = ticker;
    }

    void warn(String what, Object who, String reason) {
        int unwritten;
        synchronized (lock) {
            long now = ticker.nanoTime();
            if (written && now - lastNanos < INTERVAL_NANOS) {
                left++;
                return;
            }
            written = true;
            lastNanos = now;
            unwritten = left;
            left = 0;
        }
        if (unwritten == 0) {
            log.warn("{} {}: {}", what, who, reason);
        } else {
            log.warn("{} {}: {} (and {} more like it)", what, who, reason, unwritten);
        }
    }
}
