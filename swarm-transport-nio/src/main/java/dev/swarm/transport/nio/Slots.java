package dev.swarm.transport.nio;

import dev.swarm.peer.PeerId;
import dev.swarm.transport.TransportLimits;
import java.util.HashMap;
import java.util.Map;

/** Shares the connections a server keeps among its peers. Safe for many threads. */
final class Slots {

    /** What a connection was given. */
    enum Grant {
        /** A place for any request. */
        OPEN,
        /** A place for requests to reserved routes. */
        RESERVED,
        /** Nothing: all places are taken. */
        FULL,
        /** Nothing: this identity holds its share already. */
        PEER_FULL
    }

    private final Object lock = new Object();
    private final int max;
    private final int maxOpen;
    private final int maxPerPeer;
    private final Map<PeerId, Integer> perPeer = new HashMap<>();
    private int open;
    private int reserved;

    Slots(TransportLimits limits) {
        max = limits.maxConnections();
        maxOpen = limits.maxConnections() - limits.reservedConnections();
        maxPerPeer = limits.maxConnectionsPerPeer();
    }

    /** Asks for a place; {@link #release} gives it back. */
    Grant take(PeerId peer) {
        synchronized (lock) {
            if (perPeer.getOrDefault(peer, 0) >= maxPerPeer) {
                return Grant.PEER_FULL;
            }
            if (open + reserved >= max) {
                return Grant.FULL;
            }
            perPeer.merge(peer, 1, Integer::sum);
            if (open < maxOpen) {
                open++;
                return Grant.OPEN;
            }
            reserved++;
            return Grant.RESERVED;
        }
    }

    /** Turns a reserved place into an open one if there is one by now. */
    boolean promote() {
        synchronized (lock) {
            if (open >= maxOpen) {
                return false;
            }
            open++;
            reserved--;
            return true;
        }
    }

    /** Gives a place back. */
    void release(PeerId peer, Grant grant) {
        synchronized (lock) {
            switch (grant) {
                case OPEN -> open--;
                case RESERVED -> reserved--;
                case FULL, PEER_FULL -> {
                    return;
                }
            }
            perPeer.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
        }
    }
}
