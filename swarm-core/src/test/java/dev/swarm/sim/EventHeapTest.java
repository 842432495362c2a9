package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventHeapTest {

    private record Event(long at, long sequence) implements Runnable {
        @Override
        public void run() {}
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3})
    void first_anyOrderOfAdditions_isTheEarliestThenTheOneAddedFirst(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        EventHeap heap = new EventHeap();
        PriorityQueue<Event> model =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::sequence));

        for (long sequence = 0; sequence < 2_000; sequence++) {
            Event event = new Event(random.nextLong(50), sequence);
            heap.add(event.at(), event.sequence(), event);
            model.add(event);
            for (int taken = random.nextInt(3); taken > 0 && !model.isEmpty(); taken--) {
                assertThat(heap.first()).isSameAs(model.remove());
                heap.removeFirst();
            }

            assertThat(heap.isEmpty()).isEqualTo(model.isEmpty());
        }
    }
}
