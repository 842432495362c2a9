package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrowSetTest {

    @Test
    void add_presentElement_returnsFalse() {
        GrowSet<String> set = new GrowSet<>();

        assertThat(set.add("x")).isTrue();
        assertThat(set.add("x")).isFalse();
        assertThat(set.size()).isEqualTo(1);
        assertThat(set.contains("x")).isTrue();
        assertThat(set.contains("y")).isFalse();
    }

    @Test
    void view_isLiveAndUnmodifiable() {
        GrowSet<String> set = new GrowSet<>();
        var view = set.view();
        set.add("x");

        assertThat(view).containsExactly("x");
        assertThatThrownBy(() -> view.remove("x")).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void merge_anyThreeSets_isCommutativeAssociativeIdempotent(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        GrowSet<Integer> a = randomSet(random);
        GrowSet<Integer> b = randomSet(random);
        GrowSet<Integer> c = randomSet(random);

        assertThat(join(a, b).view())
                .isEqualTo(join(b, a).view())
                .containsAll(a.view())
                .containsAll(b.view());
        assertThat(join(join(a, b), c).view()).isEqualTo(join(a, join(b, c)).view());
        assertThat(join(a, b).merge(a)).isFalse();
    }

    private static GrowSet<Integer> randomSet(SplittableRandom random) {
        GrowSet<Integer> set = new GrowSet<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            set.add(random.nextInt(12));
        }
        return set;
    }

    private static GrowSet<Integer> join(GrowSet<Integer> a, GrowSet<Integer> b) {
        GrowSet<Integer> joined = new GrowSet<>();
        joined.merge(a);
        joined.merge(b);
        return joined;
    }
}
