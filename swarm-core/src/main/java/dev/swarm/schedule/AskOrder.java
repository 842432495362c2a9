package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sources in the order in which they are to be asked; used again, as every leaf that comes in makes one. Confined. */
final class AskOrder {

    private @Nullable Source[] sources = new Source[8];
    private int size;

    int size() {
        return size;
    }

    Source at(int index) {
        return Objects.requireNonNull(sources[index]);
    }

    void set(int index, Source source) {
        sources[index] = source;
    }

    void clear() {
        size = 0;
    }

    /** Leaves only the first. */
    void truncate(int count) {
        size = count;
    }

    void add(Source source) {
        if (size == sources.length) {
            sources = Arrays.copyOf(sources, 2 * size);
        }
        sources[size++] = source;
    }

    /** Has the last one change places with another. */
    void swapLast(int other) {
        Source last = at(size - 1);
        sources[size - 1] = sources[other];
        sources[other] = last;
    }

    /** Sorts them; alike ones stay as they are. There are some two dozen, mostly in order. */
    void sort(boolean crowded) {
        for (int i = 1; i < size; i++) {
            Source source = at(i);
            int place = i;
            for (; place > 0 && comesBefore(source, at(place - 1), crowded); place--) {
                sources[place] = sources[place - 1];
            }
            sources[place] = source;
        }
    }

    /**
     * Who leases comes first, then who is far away, as only this node's part is asked for from there, whoever is faster before the
     * others; then, where there is a crowd, who idles and who is asked already, otherwise who holds a part and owes least.
     */
    private static boolean comesBefore(Source one, Source other, boolean crowded) {
        if (one.isLeasing() != other.isLeasing()) {
            return one.isLeasing();
        }
        if (one.isFar() != other.isFar()) {
            return one.isFar();
        }
        if (one.isFar()) {
            return one.secondsToGive(BlobLayout.LEAF_BYTES) < other.secondsToGive(BlobLayout.LEAF_BYTES);
        }
        if (crowded && one.isIdle() != other.isIdle()) {
            return one.isIdle();
        }
        if (crowded) {
            return one.isActive() && !other.isActive();
        }
        return one.isFull() == other.isFull() ? one.inFlightBytes() < other.inFlightBytes() : other.isFull();
    }
}
