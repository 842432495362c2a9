package dev.swarm.node;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The questions that have no answer yet, by number. Two dozen, looked through with each answer that comes. Confined. */
final class Asks {

    private long[] numbers = new long[8];
    private Neighbourhood.@Nullable Neighbour[] asked = new Neighbourhood.Neighbour[8];
    private int size;

    void put(long number, Neighbourhood.Neighbour neighbour) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
            asked = Arrays.copyOf(asked, 2 * size);
        }
        numbers[size] = number;
        asked[size] = neighbour;
        size++;
    }

    Neighbourhood.@Nullable Neighbour get(long number) {
        int index = indexOf(number);
        return index < 0 ? null : asked[index];
    }

    Neighbourhood.@Nullable Neighbour remove(long number) {
        int index = indexOf(number);
        Neighbourhood.Neighbour neighbour = index < 0 ? null : asked[index];
        if (index >= 0) {
            removeAt(index);
        }
        return neighbour;
    }

    /** No answer of a neighbour counts any more. */
    void forget(Neighbourhood.Neighbour neighbour) {
        for (int index = size - 1; index >= 0; index--) {
            if (asked[index] == neighbour) {
                removeAt(index);
            }
        }
    }

    private int indexOf(long number) {
        for (int index = 0; index < size; index++) {
            if (numbers[index] == number) {
                return index;
            }
        }
        return -1;
    }

    private void removeAt(int index) {
        size--;
        numbers[index] = numbers[size];
        asked[index] = asked[size];
        asked[size] = null;
    }
}
