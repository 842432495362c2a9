package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.Ticker;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user's keys in memory, from unlocking until locking, until they were not used for some time, or until the longest time is
 * over. Wiped then. Safe for many threads.
 */
final class Session {

    /** A working day: however busy plugins are with the key, the user is asked again after it. */
    static final Duration LONGEST = Duration.ofHours(8);

    private final Ticker ticker;
    private final Duration idle;
    private final Object lock = new Object();
    private SealedSecret.@Nullable Keys keys;
    private long openedAt;
    private long usedAt;

    /** Whether a session ended by itself since that was last asked. */
    private boolean lapsed;

    Session(Ticker ticker, Duration idle) {
        this.ticker = ticker;
        this.idle = idle;
    }

    /** Takes the keys, which are the session's to wipe from here on. */
    void open(SealedSecret.Keys newKeys) {
        synchronized (lock) {
            wipe();
            keys = newKeys;
            openedAt = ticker.nanoTime();
            usedAt = openedAt;
        }
    }

    boolean isOpen() {
        synchronized (lock) {
            return live() != null;
        }
    }

    /** Wipes the keys if their time is over; whether a session ended by that since this was last asked. */
    boolean hasLapsed() {
        synchronized (lock) {
            boolean over = live() == null && lapsed;
            lapsed = false;
            return over;
        }
    }

    /** Wipes the keys; whether there were any. */
    boolean close() {
        synchronized (lock) {
            boolean had = keys != null;
            wipe();
            return had;
        }
    }

    /**
     * Works with the keys, which stay here.
     *
     * @throws SwarmException with reason LOCKED if there are none
     */
    <T> T use(String what, Function<SealedSecret.Keys, T> work) {
        synchronized (lock) {
            SealedSecret.Keys live = live();
            if (live == null) {
                throw new SwarmException(
                        Reason.LOCKED, what + ": the key is not in memory; unlock the identity with the passphrase");
            }
            usedAt = ticker.nanoTime();
            return work.apply(live);
        }
    }

    private SealedSecret.@Nullable Keys live() {
        long now = ticker.nanoTime();
        if (keys != null && (now - usedAt >= idle.toNanos() || now - openedAt >= LONGEST.toNanos())) {
            wipe();
            lapsed = true;
        }
        return keys;
    }

    private void wipe() {
        if (keys != null) {
            keys.wipe();
            keys = null;
        }
    }
}
