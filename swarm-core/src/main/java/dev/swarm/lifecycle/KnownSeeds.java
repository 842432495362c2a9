package dev.swarm.lifecycle;

import dev.swarm.blob.BlobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The seeds of a ledger by name, in the order in which their contents were placed, and the names of each content. Confined. */
final class KnownSeeds {

    private final Map<String, KnownSeed> byName = new LinkedHashMap<>();

    /** Nearly all contents have one name; a hundred thousand of them are looked up one after the other. */
    private final Map<BlobId, List<String>> names = new HashMap<>();

    @Nullable
    KnownSeed get(String name) {
        return byName.get(name);
    }

    /** Puts a seed in the place of what the name had; a name that has other content than before is the latest. */
    void put(String name, KnownSeed seed) {
        KnownSeed before = byName.get(name);
        if (before == null || !before.blob().equals(seed.blob())) {
            remove(name);
            names.merge(seed.blob(), List.of(name), KnownSeeds::with);
        }
        byName.put(name, seed);
    }

    /** Changes what is known of a name, if anything is; not its content. */
    void change(String name, UnaryOperator<KnownSeed> change) {
        KnownSeed before = byName.get(name);
        if (before != null) {
            put(name, change.apply(before));
        }
    }

    @Nullable
    KnownSeed remove(String name) {
        KnownSeed removed = byName.remove(name);
        if (removed != null) {
            names.computeIfPresent(removed.blob(), (blob, all) -> without(all, name));
        }
        return removed;
    }

    int size() {
        return byName.size();
    }

    /** Puts others in the place of all. */
    void replaceAll(Map<String, KnownSeed> others) {
        byName.clear();
        names.clear();
        others.forEach(this::put);
    }

    /** The names of a content, the latest last. Immutable. */
    List<String> namesOf(BlobId blob) {
        return names.getOrDefault(blob, List.of());
    }

    /** All names. A copy. */
    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    void forEach(BiConsumer<String, KnownSeed> action) {
        byName.forEach(action);
    }

    private static List<String> with(List<String> all, List<String> more) {
        List<String> both = new ArrayList<>(all);
        both.addAll(more);
        return List.copyOf(both);
    }

    private static @Nullable List<String> without(List<String> all, String name) {
        List<String> left = new ArrayList<>(all);
        left.remove(name);
        return left.isEmpty() ? null : List.copyOf(left);
    }
}
