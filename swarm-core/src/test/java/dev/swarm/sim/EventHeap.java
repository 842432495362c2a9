package dev.swarm.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events of which the first is to be had: by time, those of one time in the order in which they were planned. A heap whose keys lie
 * next to each other, as those of a large fleet are in no cache where each is an object.
 */
final class EventHeap {

    private long[] at = new long[16];
    private long[] sequence = new long[16];
    private @Nullable Runnable[] actions = new Runnable[16];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    long firstAt() {
        return at[0];
    }

    long firstSequence() {
        return sequence[0];
    }

    Runnable first() {
        return Objects.requireNonNull(actions[0]);
    }

    void add(long itsAt, long itsSequence, Runnable action) {
        if (size == at.length) {
            at = Arrays.copyOf(at, 2 * size);
            sequence = Arrays.copyOf(sequence, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        int place = size++;
        while (place > 0 && isBefore(itsAt, itsSequence, (place - 1) / 2)) {
            move((place - 1) / 2, place);
            place = (place - 1) / 2;
        }
        put(place, itsAt, itsSequence, action);
    }

    void removeFirst() {
        size--;
        long lastAt = at[size];
        long lastSequence = sequence[size];
        Runnable last = actions[size];
        actions[size] = null;
        if (size == 0) {
            return;
        }
        int place = 0;
        for (int child = 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && isBefore(at[child + 1], sequence[child + 1], child)) {
                child++;
            }
            if (isBefore(lastAt, lastSequence, child)) {
                break;
            }
            move(child, place);
            place = child;
        }
        put(place, lastAt, lastSequence, last);
    }

    private boolean isBefore(long itsAt, long itsSequence, int other) {
        return itsAt < at[other] || (itsAt == at[other] && itsSequence < sequence[other]);
    }

    private void move(int from, int to) {
        put(to, at[from], sequence[from], actions[from]);
    }

    private void put(int place, long itsAt, long itsSequence, @Nullable Runnable action) {
        at[place] = itsAt;
        sequence[place] = itsSequence;
        actions[place] = action;
    }
}
