package dev.swarm.crdt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Records that three authors write about two keys, with skewed clocks that partly see each other. */
final class History {

    static final Comparator<Entry> ORDER = Comparator.comparing(Entry::clock)
            .thenComparing(Entry::revoked)
            .thenComparing(Entry::author)
            .thenComparing(Entry::text);

    private History() {}

    static List<Entry> random(long seed, int size) {
        SplittableRandom random = new SplittableRandom(seed);
        HybridClock[] clocks = {new HybridClock(), new HybridClock(), new HybridClock()};
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int author = random.nextInt(3);
            if (!entries.isEmpty() && random.nextBoolean()) {
                clocks[author].observe(
                        entries.get(random.nextInt(entries.size())).clock(), 1_000);
            }
            HybridTimestamp clock = clocks[author].next(1_000 + random.nextInt(3));
            String key = random.nextBoolean() ? "a" : "b";
            entries.add(new Entry(key, clock, random.nextBoolean(), "author" + author, "text" + random.nextInt(3)));
        }
        return entries;
    }

    static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            List<T> rest = new ArrayList<>(items);
            T first = rest.remove(i);
            for (List<T> tail : permutations(rest)) {
                List<T> whole = new ArrayList<>(tail);
                whole.add(0, first);
                all.add(whole);
            }
        }
        return all;
    }

    static <T> List<T> shuffled(List<T> items, SplittableRandom random) {
        List<T> copy = new ArrayList<>(items);
        for (int i = copy.size() - 1; i > 0; i--) {
            Collections.swap(copy, i, random.nextInt(i + 1));
        }
        return copy;
    }

    record Entry(String key, HybridTimestamp clock, boolean revoked, String author, String text) {}
}
