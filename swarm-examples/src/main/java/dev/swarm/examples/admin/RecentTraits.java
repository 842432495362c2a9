package dev.swarm.examples.admin;

import dev.swarm.Ticker;
import dev.swarm.examples.fleet.FleetTraits;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps what the fleet reports for a moment, so that many viewers cost peers no more than one. Safe for many threads. */
final class RecentTraits {

    /** Less than the page's own refresh, so that every refresh shows something new. */
    private static final long FRESH_NANOS = 2_000_000_000L;

    private final Supplier<FleetTraits> source;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock, as is its time. */
    private @Nullable FleetTraits kept;

    private long keptAt;

    RecentTraits(Supplier<FleetTraits> source, Ticker ticker) {
        this.source = source;
        this.ticker = ticker;
    }

    /** What was reported within the last two seconds; others wait for whoever asks. */
    FleetTraits get() {
        lock.lock();
        try {
            FleetTraits recent = kept;
            if (recent == null || ticker.nanoTime() - keptAt > FRESH_NANOS) {
                recent = source.get();
                kept = recent;
                keptAt = ticker.nanoTime();
            }
            return recent;
        } finally {
            lock.unlock();
        }
    }
}
