package dev.swarm.lockbox;

import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.set.FileSet;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the directory of a lockbox in line with its file set. Guarded by the lock of its box. */
final class Alignment {

    private static final Logger log = LoggerFactory.getLogger(Alignment.class);

    private final FileSet files;
    private final VaultFiles held;
    private final VaultDisk disk;
    private final Map<String, FileEntry> applied;
    private final Map<String, Long> wanted = new HashMap<>();

    /** Contents whose payload is not the one that they are said to have. */
    private final Set<String> distrusted = new HashSet<>();

    Alignment(BoxIndex index, VaultDisk disk) {
        this.files = index.files;
        this.held = index.held;
        this.applied = index.applied;
        this.disk = disk;
    }

    /** The first contents that are nowhere here, each with one that has the same payload. */
    List<SyncFrames.Wanted> wantedFrom(int max) {
        Map<String, String> payloads = new HashMap<>();
        for (FileEntry entry : applied.values()) {
            if (entry.isFile() && held.pathOf(entry.content().id()) != null) {
                payloads.put(entry.content().payload(), entry.content().id());
            }
        }
        payloads.remove(FileEntry.Content.UNKNOWN_PAYLOAD);
        Map<String, String> bases = new TreeMap<>();
        for (FileEntry entry : files.entries().values()) {
            String id = entry.content().id();
            if (wanted.containsKey(id)) {
                String base = distrusted.contains(id)
                        ? null
                        : payloads.get(entry.content().payload());
                bases.put(id, base == null ? SyncFrames.NOTHING : base);
            }
        }
        return bases.entrySet().stream()
                .limit(max)
                .map(each -> new SyncFrames.Wanted(each.getKey(), each.getValue()))
                .toList();
    }

    /** Settles names whose content no machine has, of these; see {@link Box#giveUp}. */
    void giveUp(Set<String> ids, long nowMillis) {
        for (FileEntry entry : List.copyOf(files.entries().values())) {
            String id = entry.content().id();
            if (!ids.contains(id) || !wanted.containsKey(id)) {
                continue;
            }
            log.warn("no machine of the user has a version of a lockbox file that was replaced on the way");
            FileEntry here = applied.get(entry.path());
            if (here != null && here.isFile() && held.at(entry.path()) != null) {
                files.write(entry.path(), here.content(), entry, nowMillis);
            } else {
                files.delete(entry.path(), entry, nowMillis);
            }
        }
    }

    /** Asks for all of a content from now on. */
    void distrust(String id) {
        distrusted.add(id);
    }

    /** Contents that are nowhere here, with their sizes. Live. */
    Map<String, Long> wanted() {
        return wanted;
    }

    /** Brings the directory in line with the set, as far as contents are here. */
    void apply() throws IOException {
        List<FileEntry> open = new ArrayList<>();
        for (FileEntry entry : files.entries().values()) {
            if (!entry.equals(applied.get(entry.path()))) {
                open.add(entry);
            }
        }
        // Two names may swap their contents: what is to stay is put aside before anything is replaced.
        for (FileEntry entry : open) {
            VaultFiles.Held there = held.at(entry.path());
            if (entry.isFile()
                    && (there == null || !there.id().equals(entry.content().id()))) {
                held.keep(entry.content().id(), this::isLeaving);
            }
        }
        Set<String> needed = Set.copyOf(needed().keySet());
        open.stream().filter(FileEntry::isFile).forEach(entry -> installOrLog(entry, needed));
        open.stream().filter(entry -> !entry.isFile()).forEach(entry -> removeOrLog(entry, needed));
        forceDirectoriesOf(open);
        findWanted();
        held.sweep(needed().keySet()::contains);
    }

    private void forceDirectoriesOf(List<FileEntry> changed) throws IOException {
        Set<String> directories = new TreeSet<>();
        changed.stream()
                .filter(entry -> !entry.isFile())
                .forEach(entry -> directories.add(VaultNames.parent(entry.path())));
        for (String directory : directories) {
            if (disk.stat(directory) != null) {
                disk.force(directory);
            }
        }
    }

    private void installOrLog(FileEntry entry, Set<String> needed) {
        FileEntry.Content content = entry.content();
        try {
            VaultFiles.Held there = held.at(entry.path());
            boolean same = there != null && there.id().equals(content.id());
            if (same
                    || (!holdsWhatOthersNeed(entry.path(), needed)
                            && held.install(entry.path(), content.id(), content.modifiedNanos(), this::isLeaving))) {
                applied.put(entry.path(), entry);
            }
        } catch (IOException e) {
            log.warn(
                    "a file of a lockbox could not be put in place, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    private void removeOrLog(FileEntry entry, Set<String> needed) {
        try {
            if (!holdsWhatOthersNeed(entry.path(), needed) && held.remove(entry.path())) {
                applied.put(entry.path(), entry);
            }
        } catch (IOException e) {
            log.warn(
                    "a file of a lockbox could not be deleted, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    /** Whether a name has the only copy of what another name is to have. */
    private boolean holdsWhatOthersNeed(String path, Set<String> needed) throws IOException {
        VaultFiles.Held there = held.at(path);
        return there != null && needed.contains(there.id()) && held.isOnlyAt(path, there.id());
    }

    /** Whether the set has something else, or nothing, where a file is. */
    private boolean isLeaving(String path) {
        FileEntry entry = files.get(path);
        VaultFiles.Held there = held.at(path);
        return entry != null && there != null && !entry.content().id().equals(there.id());
    }

    /** Contents that names are waiting for, with their sizes. */
    private Map<String, Long> needed() {
        Map<String, Long> needed = new HashMap<>();
        for (FileEntry entry : files.entries().values()) {
            if (entry.isFile() && !entry.equals(applied.get(entry.path()))) {
                needed.put(entry.content().id(), entry.content().size());
            }
        }
        return needed;
    }

    /** Finds out what is lacking. */
    void findWanted() throws IOException {
        wanted.clear();
        distrusted.retainAll(needed().keySet());
        for (Map.Entry<String, Long> each : needed().entrySet()) {
            if (held.pathOf(each.getKey()) == null && !held.isReceived(each.getKey())) {
                wanted.put(each.getKey(), each.getValue());
            }
        }
    }
}
