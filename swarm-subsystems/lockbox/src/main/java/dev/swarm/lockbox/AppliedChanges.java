package dev.swarm.lockbox;

import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.ChangeLog;
import dev.swarm.lockbox.vault.PathsByKey;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** For each name, the change that the directory shows. Guarded by the lock of its box. */
final class AppliedChanges {

    private final Map<String, FileEntry> changes = new HashMap<>();
    private final PathsByKey byContent = new PathsByKey();
    private final PathsByKey byPayload = new PathsByKey();
    private final NavigableSet<String> directories = new TreeSet<>();
    private final ChangeLog log = new ChangeLog();

    @Nullable
    FileEntry get(String path) {
        return changes.get(path);
    }

    void put(String path, FileEntry entry) {
        forget(path);
        changes.put(path, entry);
        if (entry.isFile()) {
            byContent.add(entry.content().id(), path);
            byPayload.add(entry.content().payload(), path);
        } else if (entry.isDirectory()) {
            directories.add(path);
        }
        log.note(path);
    }

    /** Has a name show nothing that was ever a change. */
    void remove(String path) {
        if (forget(path)) {
            log.note(path);
        }
    }

    void clear() {
        List.copyOf(changes.keySet()).forEach(this::remove);
    }

    /** All of them, in no order. A live view. */
    Collection<FileEntry> values() {
        return Collections.unmodifiableCollection(changes.values());
    }

    /** All names. A live view. */
    Collection<String> paths() {
        return Collections.unmodifiableCollection(changes.keySet());
    }

    /** The names of directories. A copy. */
    List<String> directories() {
        return List.copyOf(directories);
    }

    /** What is known of a content that is under some name; null if it is under none. */
    FileEntry.@Nullable Content contentOf(String id) {
        String path = byContent.first(id);
        FileEntry entry = path == null ? null : changes.get(path);
        return entry == null ? null : entry.content();
    }

    /** Contents that have a payload. */
    List<String> contentsWith(String payload) {
        return byPayload.of(payload).stream()
                .map(path -> changes.get(path))
                .filter(entry -> entry != null)
                .map(entry -> entry.content().id())
                .toList();
    }

    /** Names of which something changed after {@code change}. */
    List<String> changedAfter(long change) {
        return log.after(change);
    }

    long lastChange() {
        return log.last();
    }

    private boolean forget(String path) {
        FileEntry old = changes.remove(path);
        directories.remove(path);
        if (old != null && old.isFile()) {
            byContent.remove(old.content().id(), path);
            byPayload.remove(old.content().payload(), path);
        }
        return old != null;
    }
}
