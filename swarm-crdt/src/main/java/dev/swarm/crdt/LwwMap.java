package dev.swarm.crdt;

import java.util.Collections;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A map that keeps, for each key, the greatest value it was ever given; with timestamped values, the last write wins.
 *
 * <p>Maps with the same order form a join-semilattice: merging is commutative, associative and idempotent, so copies
 * that received the same values agree, whatever the order and however often. A deletion is a value too (a tombstone
 * that compares greater); {@link #remove} forgets and is no deletion. Confined to one thread at a time.
 *
 * @param <K> keys; their natural order must be consistent with equals
 * @param <V> values; immutable, or never changed in a way the order can see
 */
public final class LwwMap<K extends Comparable<K>, V> {

    private final Comparator<? super V> order;
    private final NavigableMap<K, V> values = new TreeMap<>();

    /**
     * Creates an empty map.
     *
     * @param order a total order consistent with equals, the same on every copy. Two different values that compare
     *     as equal would each stay where they arrived first, and copies would differ for good
     */
    public LwwMap(Comparator<? super V> order) {
        this.order = Objects.requireNonNull(order, "order");
    }

    /**
     * Merges one value: it is kept if the key has none or a lesser one.
     *
     * @return true if the map changed
     */
    public boolean merge(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        V current = values.get(key);
        if (current != null && order.compare(value, current) <= 0) {
            return false;
        }
        values.put(key, value);
        return true;
    }

    /**
     * Merges every value of another map that has the same order; {@code other} stays as it is.
     *
     * @return the keys whose value changed here, ascending: what a node relays to others
     */
    public NavigableSet<K> mergeAll(LwwMap<K, ? extends V> other) {
        NavigableSet<K> changed = new TreeSet<>();
        other.values.forEach((key, value) -> {
            if (merge(key, value)) {
                changed.add(key);
            }
        });
        return changed;
    }

    /** Returns the value of a key, or null if there is none. */
    public @Nullable V get(K key) {
        return values.get(key);
    }

    /**
     * Forgets a key, for pruning; returns the value it had, or null.
     *
     * <p>This is no operation of the lattice: a copy that still holds the value gives it back at the next merge. Prune
     * only what something else keeps out, such as {@link GraveMarkers}.
     */
    public @Nullable V remove(K key) {
        return values.remove(key);
    }

    /** Returns the number of keys. */
    public int size() {
        return values.size();
    }

    /** Returns an unmodifiable live view in ascending order of keys; it equals any map with the same entries. */
    public NavigableMap<K, V> view() {
        return Collections.unmodifiableNavigableMap(values);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
