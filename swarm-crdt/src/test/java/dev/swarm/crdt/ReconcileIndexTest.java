package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReconcileIndexTest {

    private final ReconcileIndex index = new ReconcileIndex();

    @Test
    void fingerprint_knownElement_isSha256OfItsEncoding() {
        index.put(new VersionedKey(new KeyHash(1, 2), new HybridTimestamp(3), 4));

        assertThat(index.fingerprint()).hasToString("7236c00c170036c6de133a878210ddd5");
    }

    @Test
    void put_sameElement_returnsFalse() {
        VersionedKey element = new VersionedKey(new KeyHash(1, 2), new HybridTimestamp(3), 4);

        assertThat(index.put(element)).isTrue();
        assertThat(index.put(element)).isFalse();
        assertThat(index.size()).isEqualTo(1);
    }

    @Test
    void put_olderVersion_replacesAsTold() {
        index.put(new VersionedKey(new KeyHash(1, 2), new HybridTimestamp(3), 4));
        VersionedKey older = new VersionedKey(new KeyHash(1, 2), new HybridTimestamp(2), 4);

        assertThat(index.put(older)).isTrue();
        assertThat(index.get(older.key())).isEqualTo(older);
    }

    @Test
    void put_boundAsKey_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> index.put(new VersionedKey(KeyHash.MAX, HybridTimestamp.ZERO, 0)));
    }

    @Test
    void remove_absentKey_returnsFalse() {
        assertThat(index.remove(KeyHash.MIN)).isFalse();
    }

    @Test
    void select_rankOutOfRange_throws() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> index.select(0));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void fingerprint_anyOrderOfInsertion_isTheSame(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<VersionedKey> elements = randomElements(random, 200);
        elements.forEach(index::put);
        ReconcileIndex other = new ReconcileIndex();
        History.shuffled(elements, random).forEach(other::put);

        assertThat(other.fingerprint()).isEqualTo(index.fingerprint());
        other.put(Replica.newerThan(elements.get(0), random));
        assertThat(other.fingerprint()).isNotEqualTo(index.fingerprint());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void queries_anySequenceOfChanges_agreeWithSortedMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NavigableMap<KeyHash, VersionedKey> model = new TreeMap<>();
        for (int i = 0; i < 800; i++) {
            change(random, model);
            if (i % 20 == 0) {
                compareRange(random, model);
            }
        }

        assertThat(index.list(KeyRange.ALL, Integer.MAX_VALUE)).isEqualTo(List.copyOf(model.values()));
        for (int rank = 0; rank < model.size(); rank++) {
            VersionedKey element = index.select(rank);
            assertThat(index.rank(element.key())).isEqualTo(rank);
            assertThat(model).containsValue(element);
        }
        List.copyOf(model.keySet()).forEach(index::remove);
        assertThat(index.fingerprint()).isEqualTo(Fingerprint.ZERO);
        assertThat(index.size()).isZero();
    }

    private void change(SplittableRandom random, NavigableMap<KeyHash, VersionedKey> model) {
        KeyHash near = model.ceilingKey(new KeyHash(random.nextLong(), 0));
        VersionedKey present = near == null ? null : model.get(near);
        int choice = random.nextInt(3);
        if (present == null || choice == 0) {
            VersionedKey added = Replica.randomElement(random);
            assertThat(index.put(added)).isTrue();
            model.put(added.key(), added);
        } else if (choice == 1) {
            VersionedKey replaced = Replica.newerThan(present, random);
            assertThat(index.put(replaced)).isTrue();
            model.put(near, replaced);
        } else if (random.nextBoolean()) {
            assertThat(index.remove(near)).isTrue();
            model.remove(near);
        }
        assertThat(index.size()).isEqualTo(model.size());
    }

    private void compareRange(SplittableRandom random, NavigableMap<KeyHash, VersionedKey> model) {
        KeyRange range = randomRange(random, model);
        List<VersionedKey> expected =
                List.copyOf(model.subMap(range.from(), range.until()).values());
        ReconcileIndex fresh = new ReconcileIndex();
        expected.forEach(fresh::put);

        assertThat(index.summarize(range))
                .isEqualTo(new RangeClaim.Summary(range, fresh.fingerprint(), expected.size()));
        assertThat(index.list(range, Integer.MAX_VALUE)).isEqualTo(expected);
        assertThat(index.list(range, 3)).isEqualTo(expected.subList(0, Math.min(3, expected.size())));
        assertThat(index.rank(range.from()))
                .isEqualTo(model.headMap(range.from()).size());
    }

    /** A range whose bounds are arbitrary or exactly a present key. */
    private static KeyRange randomRange(SplittableRandom random, NavigableMap<KeyHash, VersionedKey> model) {
        KeyHash a = new KeyHash(random.nextLong(), random.nextLong());
        KeyHash b = new KeyHash(random.nextLong(), random.nextLong());
        if (random.nextBoolean() && model.ceilingKey(a) != null) {
            a = model.ceilingKey(a);
        }
        if (random.nextBoolean() && model.floorKey(b) != null) {
            b = model.floorKey(b);
        }
        if (a.equals(b)) {
            return KeyRange.ALL;
        }
        return a.compareTo(b) < 0 ? new KeyRange(a, b) : new KeyRange(b, a);
    }

    private static List<VersionedKey> randomElements(SplittableRandom random, int count) {
        List<VersionedKey> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(Replica.randomElement(random));
        }
        return elements;
    }
}
