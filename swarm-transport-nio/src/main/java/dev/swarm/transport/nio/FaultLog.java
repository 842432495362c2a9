package dev.swarm.transport.nio;

import dev.swarm.Ticker;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Writes what peers do wrong: of each kind of fault at most one line a second, with a count of what was left out. Safe for many
 * threads.
 */
final class FaultLog {

    /** Kinds told apart within a second; further ones count as one. */
    static final int MAX_KINDS = 32;

    private static final String FURTHER = "further";
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Object lock = new Object();
    private final Logger log;
    private final Ticker ticker;
    /** By kind, the one that was written longest ago first. Guarded by lock. */
    private final Map<String, Written> kinds = new LinkedHashMap<>();

    /** When a line of a kind was written, and how many were left out since. */
    private static final class Written {
        private final long at;
        private int left;

        Written(long at) {
            this.at = at;
        }
    }

    FaultLog(Logger log, Ticker ticker) {
        this.log = log;
        this.ticker = ticker;
    }

    /**
     * Writes a line, unless one of its kind was written within the last second.
     *
     * @param kind what faults of one kind have in common; not for a peer to choose
     * @param what what was tried, with whom it was tried behind it
     * @param who the peer
     * @param reason why it failed
     */
    void warn(String kind, String what, Object who, String reason) {
        int unwritten;
        synchronized (lock) {
            unwritten = take(kind, ticker.nanoTime());
        }
        if (unwritten == 0) {
            log.warn("{} {}: {}", what, who, reason);
        } else if (unwritten > 0) {
            log.warn("{} {}: {} (and {} more like it)", what, who, reason, unwritten);
        }
    }

    /** How many of this kind were left out since its last line; -1 if this one is left out as well. */
    private int take(String kind, long now) {
        String counted = countedAs(kind, now);
        Written last = kinds.get(counted);
        if (last != null && now - last.at < INTERVAL_NANOS) {
            last.left++;
            return -1;
        }
        kinds.remove(counted);
        kinds.put(counted, new Written(now));
        return last == null ? 0 : last.left;
    }

    /** The kind, if there is room for it; those that were not written for a second make some. */
    private String countedAs(String kind, long now) {
        if (kinds.containsKey(kind)) {
            return kind;
        }
        Iterator<Written> oldest = kinds.values().iterator();
        while (kinds.size() >= MAX_KINDS && now - oldest.next().at >= INTERVAL_NANOS) {
            oldest.remove();
        }
        return kinds.size() < MAX_KINDS ? kind : FURTHER;
    }
}
