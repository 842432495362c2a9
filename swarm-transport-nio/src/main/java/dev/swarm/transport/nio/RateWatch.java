package dev.swarm.transport.nio;

import java.time.Duration;

/** Tells whether a stream moves at least so many bytes a second, window by window. Confined to its event loop. */
final class RateWatch {

    private final long windowNanos;
    private final long minBytes;

    private boolean running;
    private long startNanos;
    private long startBytes;

    RateWatch(Duration window, int minBytesPerSecond) {
        this.windowNanos = window.toNanos();
        this.minBytes = Math.max(1, minBytesPerSecond * window.toMillis() / 1_000);
    }

    /** Starts a window unless one is running. */
    void start(long now, long bytes) {
        if (!running) {
            restart(now, bytes);
        }
    }

    void stop() {
        running = false;
    }

    boolean isRunning() {
        return running;
    }

    /** When the window ends. */
    long end() {
        return startNanos + windowNanos;
    }

    /** Whether a window ended with too few bytes; one that ended well starts the next. */
    boolean isTooSlow(long now, long bytes) {
        if (!running || now - end() < 0) {
            return false;
        }
        if (bytes - startBytes < minBytes) {
            return true;
        }
        restart(now, bytes);
        return false;
    }

    private void restart(long now, long bytes) {
        running = true;
        startNanos = now;
        startBytes = bytes;
    }
}
