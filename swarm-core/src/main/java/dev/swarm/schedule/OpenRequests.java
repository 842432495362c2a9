package dev.swarm.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests that are under way, in the order in which they were sent. Confined. */
final class OpenRequests {

    /** By number, which rises: the first of these are in use. Some dozens, of which the oldest end first, mostly. */
    private long[] numbers = new long[16];

    private @Nullable OpenRequest[] requests = new OpenRequest[16];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** A request by its place in the order. */
    OpenRequest at(int index) {
        OpenRequest request = requests[index];
        if (request == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return request;
    }

    /** Adds one whose number is higher than that of all before. */
    void add(OpenRequest request) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
            requests = Arrays.copyOf(requests, 2 * size);
        }
        numbers[size] = request.number();
        requests[size] = request;
        size++;
    }

    @Nullable
    OpenRequest get(long number) {
        int index = Arrays.binarySearch(numbers, 0, size, number);
        return index < 0 ? null : requests[index];
    }

    @Nullable
    OpenRequest remove(long number) {
        int index = Arrays.binarySearch(numbers, 0, size, number);
        if (index < 0) {
            return null;
        }
        OpenRequest removed = requests[index];
        size--;
        System.arraycopy(numbers, index + 1, numbers, index, size - index);
        System.arraycopy(requests, index + 1, requests, index, size - index);
        requests[size] = null;
        return removed;
    }

    /** Those sent to one source. */
    List<OpenRequest> of(Source source) {
        List<OpenRequest> its = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (at(i).source() == source) {
                its.add(at(i));
            }
        }
        return its;
    }
}
