package dev.swarm.lockbox.vault;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which names changed, in the order of their last changes. Confined to one thread at a time. */
public final class ChangeLog {

    private final NavigableMap<Long, String> changes = new TreeMap<>();
    private final Map<String, Long> changeOf = new HashMap<>();
    private long last;

    /** An empty log. */
    public ChangeLog() {}

    /** Notes that a name changed, or went. */
    public void note(String path) {
        Long old = changeOf.put(path, ++last);
        if (old != null) {
            changes.remove(old);
        }
        changes.put(last, path);
    }

    /** Forgets a name of which nobody is to be told any more. */
    public void forget(String path) {
        Long old = changeOf.remove(path);
        if (old != null) {
            changes.remove(old);
        }
    }

    /** The number of the last change; 0 before the first. Each has a greater one than those before. */
    public long last() {
        return last;
    }

    /** The number of the last change of a name; 0 if it never changed. */
    public long of(String path) {
        return changeOf.getOrDefault(path, 0L);
    }

    /** Names that changed after {@code change}, each once. A copy. */
    public List<String> after(long change) {
        return List.copyOf(changes.tailMap(change, false).values());
    }

    /** The same by their numbers. A live view. */
    public NavigableMap<Long, String> tail(long change) {
        return changes.tailMap(change, false);
    }
}
