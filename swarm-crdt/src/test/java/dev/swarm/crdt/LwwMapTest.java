package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LwwMapTest {

    private final LwwMap<String, Integer> map = new LwwMap<>(Comparator.<Integer>naturalOrder());

    @Test
    void merge_greaterValue_replaces() {
        assertThat(map.merge("k", 1)).isTrue();
        assertThat(map.merge("k", 2)).isTrue();

        assertThat(map.get("k")).isEqualTo(2);
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void merge_lesserOrEqualValue_changesNothing() {
        map.merge("k", 2);

        assertThat(map.merge("k", 1)).isFalse();
        assertThat(map.merge("k", 2)).isFalse();
        assertThat(map.get("k")).isEqualTo(2);
    }

    @Test
    void merge_equalClocks_revokedWins() {
        HybridTimestamp clock = HybridTimestamp.of(7, 0);
        History.Entry active = new History.Entry("k", clock, false, "z", "z");
        History.Entry revoked = new History.Entry("k", clock, true, "a", "a");

        assertThat(state(List.of(active, revoked))).containsEntry("k", revoked);
        assertThat(state(List.of(revoked, active))).containsEntry("k", revoked);
    }

    @Test
    void mergeAll_someNewer_returnsChangedKeysAscending() {
        map.merge("a", 1);
        map.merge("b", 5);
        LwwMap<String, Integer> other = new LwwMap<>(Comparator.<Integer>naturalOrder());
        other.merge("c", 1);
        other.merge("b", 4);
        other.merge("a", 2);

        assertThat(map.mergeAll(other)).containsExactly("a", "c");
        assertThat(map.view()).isEqualTo(Map.of("a", 2, "b", 5, "c", 1));
        assertThat(other.view()).isEqualTo(Map.of("a", 2, "b", 4, "c", 1));
    }

    @Test
    void view_anyInsertionOrder_ascends() {
        for (String key : List.of("m", "a", "z")) {
            map.merge(key, 0);
        }

        assertThat(map.view().keySet()).containsExactly("a", "m", "z");
        assertThatThrownBy(() -> map.view().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void remove_presentKey_forgetsItUntilNextMerge() {
        map.merge("k", 2);

        assertThat(map.remove("k")).isEqualTo(2);
        assertThat(map.get("k")).isNull();
        assertThat(map.remove("k")).isNull();
        assertThat(map.merge("k", 1)).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void merge_everyPermutationOfSixRecords_convergesToOneState(long seed) {
        List<History.Entry> history = History.random(seed, 6);
        Map<String, History.Entry> expected = state(history);

        for (List<History.Entry> permutation : History.permutations(history)) {
            assertThat(state(permutation)).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void merge_recordsLostAndRepeatedOnTheWay_keepsGreatestOfEachKey(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<History.Entry> history = History.random(seed, 1 + random.nextInt(6));
        List<History.Entry> delivered = new ArrayList<>(history);
        history.forEach(entry -> delivered.add(history.get(random.nextInt(history.size()))));

        Map<String, History.Entry> state = state(History.shuffled(delivered, random));

        for (String key : List.of("a", "b")) {
            assertThat(state.get(key))
                    .isEqualTo(history.stream()
                            .filter(entry -> entry.key().equals(key))
                            .max(History.ORDER)
                            .orElse(null));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void mergeAll_anyThreeMaps_isCommutativeAssociativeIdempotent(long seed) {
        LwwMap<String, History.Entry> a = map(History.random(seed, 4));
        LwwMap<String, History.Entry> b = map(History.random(seed + 1_000, 4));
        LwwMap<String, History.Entry> c = map(History.random(seed + 2_000, 4));

        assertThat(join(a, b).view()).isEqualTo(join(b, a).view());
        assertThat(join(join(a, b), c).view()).isEqualTo(join(a, join(b, c)).view());
        assertThat(join(a, a).view()).isEqualTo(a.view());
        assertThat(join(join(a, b), b).view()).isEqualTo(join(a, b).view());
    }

    private static LwwMap<String, History.Entry> map(List<History.Entry> entries) {
        LwwMap<String, History.Entry> map = new LwwMap<>(History.ORDER);
        entries.forEach(entry -> map.merge(entry.key(), entry));
        return map;
    }

    private static Map<String, History.Entry> state(List<History.Entry> entries) {
        return map(entries).view();
    }

    private static LwwMap<String, History.Entry> join(
            LwwMap<String, History.Entry> a, LwwMap<String, History.Entry> b) {
        LwwMap<String, History.Entry> joined = new LwwMap<>(History.ORDER);
        joined.mergeAll(a);
        joined.mergeAll(b);
        return joined;
    }
}
