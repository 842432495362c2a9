package dev.swarm.node;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Whom this node meets now and then though it has neighbours enough. Confined. */
final class Stroll {

    /**
     * A stranger is met about this often, so that parts of a fleet which lost each other find together again though each is whole
     * in itself. In a fleet of a thousand, somebody does so twenty times a second.
     */
    private static final long STROLL_NANOS = 60_000_000_000L;

    private final PeerMap peers;
    private final RandomGenerator random;
    private long dueAt = Long.MIN_VALUE;

    Stroll(PeerMap peers, RandomGenerator random) {
        this.peers = peers;
        this.random = random;
    }

    /** When the next is due; {@link Long#MIN_VALUE} before {@link #next} was called. */
    long dueAt() {
        return dueAt;
    }

    /** The stranger to meet now; null if none is due or there is none. */
    @Nullable
    PeerAddress next(Set<PeerAddress> neighbours, long now) {
        if (dueAt != Long.MIN_VALUE && now < dueAt) {
            return null;
        }
        boolean first = dueAt == Long.MIN_VALUE;
        dueAt = now + random.nextLong(STROLL_NANOS / 2, STROLL_NANOS * 3 / 2);
        if (first) {
            return null;
        }
        // What the operator named may be the one way to another part of the fleet, and a thousand other addresses may
        // be dead.
        PeerAddress unmet = stranger(peers.unmet(now), neighbours);
        return unmet != null && random.nextBoolean()
                ? unmet
                : stranger(peers.sample(Integer.MAX_VALUE, now, random), neighbours);
    }

    private @Nullable PeerAddress stranger(List<PeerAddress> known, Set<PeerAddress> neighbours) {
        List<PeerAddress> strangers = new ArrayList<>(known);
        strangers.removeIf(neighbours::contains);
        return strangers.isEmpty() ? null : strangers.get(random.nextInt(strangers.size()));
    }
}
