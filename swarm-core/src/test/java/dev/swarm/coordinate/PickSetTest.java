package dev.swarm.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PickSetTest {

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen == null ? LongStream.rangeClosed(1, 10) : LongStream.of(chosen);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pick_afterRandomChanges_yieldsOnlyWhatIsThereAndSoonAllOfIt(long seed) {
        Random random = new Random(seed);
        PickSet<Integer> set = new PickSet<>();
        Set<Integer> model = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            int element = random.nextInt(300);
            if (random.nextBoolean()) {
                set.add(element);
                model.add(element);
            } else {
                set.remove(element);
                model.remove(element);
            }
            assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
        }

        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Set<Integer> picked = set.pick(7, element -> element % 2 == 0, random);
            assertThat(picked).hasSizeLessThanOrEqualTo(7);
            seen.addAll(picked);
        }

        model.removeIf(element -> element % 2 != 0);
        assertThat(seen).isEqualTo(model);
        assertThat(set.pick(1_000, element -> element % 2 == 0, random)).isEqualTo(model);
    }
}
