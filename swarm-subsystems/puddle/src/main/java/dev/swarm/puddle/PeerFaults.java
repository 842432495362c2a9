package dev.swarm.puddle;

import dev.swarm.Ticker;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what peers did wrong; one that did too much is not heard until it has kept quiet for an hour. Safe for many threads. */
final class PeerFaults {

    static final Duration PENALTY = Duration.ofHours(1);

    private static final int MAX_PEERS = 4096;

    private final Ticker ticker;
    private final int limit;
    private final Object lock = new Object();
    private final Map<PeerId, Faults> faults = new LinkedHashMap<>();

    private record Faults(int count, long lastAt) {}

    /** Nobody did anything wrong yet. */
    PeerFaults(Ticker ticker, int limit) {
        this.ticker = ticker;
        this.limit = limit;
    }

    void add(PeerId peer) {
        synchronized (lock) {
            forgive();
            Faults before = faults.remove(peer);
            faults.put(peer, new Faults(before == null ? 1 : before.count() + 1, ticker.nanoTime()));
            if (faults.size() > MAX_PEERS) {
                faults.remove(faults.keySet().iterator().next());
            }
        }
    }

    boolean isUnheard(PeerId peer) {
        synchronized (lock) {
            forgive();
            Faults of = faults.get(peer);
            return of != null && of.count() >= limit;
        }
    }

    void clear(PeerId peer) {
        synchronized (lock) {
            faults.remove(peer);
        }
    }

    private void forgive() {
        long now = ticker.nanoTime();
        faults.values().removeIf(of -> now - of.lastAt() >= PENALTY.toNanos());
    }
}
