package dev.swarm.crdt;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * A set that only grows; its merge is the union.
 *
 * <p>Iterates in the order in which elements arrived here, which differs between copies that are otherwise equal.
 * Confined to one thread at a time.
 *
 * @param <T> immutable elements with equals and hashCode
 */
public final class GrowSet<T> {

    private final Set<T> elements = new LinkedHashSet<>();

    /** Creates an empty set. */
    public GrowSet() {}

    /** Adds an element; returns true if it was not there. */
    public boolean add(T element) {
        return elements.add(Objects.requireNonNull(element, "element"));
    }

    /** Adds all elements of another set, which stays as it is; returns true if this set changed. */
    public boolean merge(GrowSet<? extends T> other) {
        return elements.addAll(other.elements);
    }

    /** Tells whether an element is there. */
    public boolean contains(T element) {
        return elements.contains(element);
    }

    /** Returns the number of elements. */
    public int size() {
        return elements.size();
    }

    /** Returns an unmodifiable live view; it equals any set with the same elements. */
    public Set<T> view() {
        return Collections.unmodifiableSet(elements);
    }

    @Override
    public String toString() {
        return elements.toString();
    }
}
