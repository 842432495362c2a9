package dev.swarm.crdt;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Remembers until which time each key is dead, so that copies pruned here do not come back from a peer.
 *
 * <p>A marker outlives the tombstone it stands for and goes only when the horizon passes it. The horizon is part of
 * the state and only rises, which keeps the whole a join-semilattice: a marker dropped here does not return with the
 * next merge. Confined to one thread at a time.
 *
 * @param <K> keys; their natural order must be consistent with equals
 */
public final class GraveMarkers<K extends Comparable<K>> {

    private final NavigableMap<K, HybridTimestamp> markers = new TreeMap<>();
    private HybridTimestamp horizon = HybridTimestamp.ZERO;

    /** Creates a state without markers and without a horizon. */
    public GraveMarkers() {}

    /**
     * Marks a key as dead up to and including a time.
     *
     * @return true if a marker was set or raised; false if there is one at least as late, or if {@code timestamp} is
     *     before the horizon
     */
    public boolean bury(K key, HybridTimestamp timestamp) {
        Objects.requireNonNull(key, "key");
        if (timestamp.isBefore(horizon)) {
            return false;
        }
        HybridTimestamp current = markers.get(key);
        if (current != null && !timestamp.isAfter(current)) {
            return false;
        }
        markers.put(key, timestamp);
        return true;
    }

    /** Tells whether a change of a key at a time is dead: true if its marker is at that time or later. */
    public boolean refuses(K key, HybridTimestamp timestamp) {
        HybridTimestamp marker = markers.get(key);
        return marker != null && !timestamp.isAfter(marker);
    }

    /** Takes in markers and horizon of another copy, which stays as it is; returns true if this one changed. */
    public boolean merge(GraveMarkers<K> other) {
        boolean changed = other.horizon.isAfter(horizon);
        dropBelow(other.horizon);
        for (var entry : other.markers.entrySet()) {
            changed |= bury(entry.getKey(), entry.getValue());
        }
        return changed;
    }

    /**
     * Raises the horizon and drops every marker before it; a lower horizon than the present one changes nothing.
     *
     * <p>Call it only when nothing older than the horizon is in circulation any more: what a dropped marker kept out
     * is welcome again.
     *
     * @return the number of markers dropped
     */
    public int dropBelow(HybridTimestamp newHorizon) {
        if (!newHorizon.isAfter(horizon)) {
            return 0;
        }
        horizon = newHorizon;
        int before = markers.size();
        markers.values().removeIf(marker -> marker.isBefore(newHorizon));
        return before - markers.size();
    }

    /** Returns the time before which no marker is kept; {@link HybridTimestamp#ZERO} if none was set. */
    public HybridTimestamp horizon() {
        return horizon;
    }

    /** Returns the number of markers. */
    public int size() {
        return markers.size();
    }

    /** Returns an unmodifiable live view of the markers in ascending order of keys. */
    public NavigableMap<K, HybridTimestamp> view() {
        return Collections.unmodifiableNavigableMap(markers);
    }

    @Override
    public String toString() {
        return markers + " from " + horizon;
    }
}
