package dev.swarm.lockbox.vault;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which paths have something in common, a content or a payload. Confined to one thread at a time. */
public final class PathsByKey {

    private final Map<String, TreeSet<String>> paths = new HashMap<>();

    /** Without any paths. */
    public PathsByKey() {}

    /** Notes that a path has it. */
    public void add(String key, String path) {
        paths.computeIfAbsent(key, k -> new TreeSet<>()).add(path);
    }

    /** Notes that a path has it no more. */
    public void remove(String key, String path) {
        TreeSet<String> all = paths.get(key);
        if (all != null && all.remove(path) && all.isEmpty()) {
            paths.remove(key);
        }
    }

    /** Forgets everything. */
    public void clear() {
        paths.clear();
    }

    /** The paths that have it. A view. */
    public NavigableSet<String> of(String key) {
        TreeSet<String> all = paths.get(key);
        return all == null ? Collections.emptyNavigableSet() : Collections.unmodifiableNavigableSet(all);
    }

    /** The first path that has it; null if none has. */
    public @Nullable String first(String key) {
        TreeSet<String> all = paths.get(key);
        return all == null ? null : all.first();
    }
}
