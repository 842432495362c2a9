package dev.swarm.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** One copy of a map in an exchange: an index whose merge keeps the greater of two versions. */
final class Replica {

    static final Comparator<VersionedKey> ORDER =
            Comparator.comparing(VersionedKey::clock).thenComparing(VersionedKey::content, Long::compareUnsigned);

    final ReconcileIndex index = new ReconcileIndex();
    final Reconciler reconciler = new Reconciler(index);

    Replica() {}

    Replica(Collection<VersionedKey> elements) {
        elements.forEach(this::merge);
    }

    void merge(VersionedKey element) {
        VersionedKey present = index.get(element.key());
        if (present == null || ORDER.compare(present, element) < 0) {
            index.put(element);
        }
    }

    /** The peer's current versions of keys it was asked for; it may have dropped some since. */
    List<VersionedKey> current(List<VersionedKey> asked) {
        List<VersionedKey> found = new ArrayList<>();
        for (VersionedKey key : asked) {
            VersionedKey present = index.get(key.key());
            if (present != null) {
                found.add(present);
            }
        }
        return found;
    }

    List<VersionedKey> elements() {
        return index.list(KeyRange.ALL, Integer.MAX_VALUE);
    }

    static VersionedKey randomElement(SplittableRandom random) {
        return new VersionedKey(
                new KeyHash(random.nextLong(), random.nextLong()),
                HybridTimestamp.of(random.nextLong(1L << 41), random.nextInt(1 << 16)),
                random.nextLong());
    }

    static VersionedKey newerThan(VersionedKey element, SplittableRandom random) {
        return new VersionedKey(
                element.key(), new HybridTimestamp(element.clock().packed() + 1), random.nextLong());
    }

    /**
     * Two copies of {@code size} common elements and {@code differences} keys that differ: missing on one side, or
     * newer on one side.
     */
    static Pair pair(int size, int differences, SplittableRandom random) {
        List<VersionedKey> common = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            common.add(randomElement(random));
        }
        Replica left = new Replica(common);
        Replica right = new Replica(common);
        Set<KeyHash> differing = new HashSet<>();
        while (differing.size() < differences) {
            Replica side = random.nextBoolean() ? left : right;
            VersionedKey changed = size > 0 && random.nextBoolean()
                    ? newerThan(common.get(random.nextInt(size)), random)
                    : randomElement(random);
            if (differing.add(changed.key())) {
                side.merge(changed);
            }
        }
        return new Pair(left, right, differing);
    }

    record Pair(Replica left, Replica right, Set<KeyHash> differing) {}
}
