package dev.swarm.lockbox;

import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.set.FileSet;
import dev.swarm.lockbox.vault.Vault;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the directory of a lockbox in line with its file set. Guarded by the lock of its box. */
final class Alignment {

    private static final Logger log = LoggerFactory.getLogger(Alignment.class);

    private final BoxIndex index;
    private final FileSet files;
    private final VaultFiles held;
    private final VaultDisk disk;
    private final AppliedChanges applied;
    private final NavigableMap<String, FileEntry.Content> wanted = new TreeMap<>();

    /** Names that show something else than their last change. */
    private final NavigableSet<String> open = new TreeSet<>();

    /** Names that wait for a plaintext beside them, as of the last {@link #apply}. */
    private final Set<String> beingEdited = new HashSet<>();

    private long seenFiles;
    private long seenApplied;

    /** Contents whose payload is not the one that they are said to have. */
    private final Set<String> distrusted = new HashSet<>();

    Alignment(BoxIndex index, VaultDisk disk) {
        this.index = index;
        this.files = index.files;
        this.held = index.held;
        this.applied = index.applied;
        this.disk = disk;
    }

    /** The first contents that are nowhere here, each with one that has the same payload. */
    List<SyncFrames.Wanted> wantedFrom(int max) throws IOException {
        List<SyncFrames.Wanted> first = new ArrayList<>();
        for (FileEntry.Content content : wanted.values()) {
            if (first.size() == max) {
                break;
            }
            long there = content.size() > SyncFrames.LARGE_BYTES ? held.beginningOf(content.id(), content.size()) : 0;
            first.add(new SyncFrames.Wanted(content.id(), baseOf(content), there));
        }
        return first;
    }

    private String baseOf(FileEntry.Content content) {
        if (distrusted.contains(content.id()) || content.payload().equals(FileEntry.Content.UNKNOWN_PAYLOAD)) {
            return SyncFrames.NOTHING;
        }
        return applied.contentsWith(content.payload()).stream()
                .filter(id -> held.pathOf(id) != null)
                .findFirst()
                .orElse(SyncFrames.NOTHING);
    }

    /** Settles names whose content no machine has, of these; see {@link Box#giveUp}. */
    void giveUp(Set<String> ids, long nowMillis) {
        catchUp();
        for (String path : List.copyOf(open)) {
            FileEntry entry = files.get(path);
            if (entry == null || !entry.isFile() || !isLost(entry.content().id(), ids)) {
                continue;
            }
            log.warn(
                    "no machine of the user has a version of a lockbox file: it was replaced on the way, or left with a machine");
            files.giveUp(path, entry, nowMillis);
        }
    }

    /**
     * Brings back files that this machine has under names that were given up: an earlier version, or the only copy, with which it had
     * left before it joined again.
     */
    void bringBack(long nowMillis) {
        catchUp();
        for (String path : List.copyOf(open)) {
            FileEntry entry = files.get(path);
            FileEntry here = applied.get(path);
            if (entry != null
                    && entry.state() == FileEntry.State.LOST
                    && here != null
                    && here.isFile()
                    && held.at(path) != null) {
                applied.put(path, files.write(path, here.content(), entry, nowMillis));
            }
        }
    }

    private boolean isLost(String id, Set<String> ids) {
        return ids.contains(id) && wanted.containsKey(id);
    }

    /** Asks for all of a content from now on. */
    void distrust(String id) {
        distrusted.add(id);
    }

    /** Contents that are nowhere here. Live. */
    Map<String, FileEntry.Content> wanted() {
        return wanted;
    }

    /**
     * Brings the directory in line with the set, as far as contents are here. It is on disk when this returns. What is left over is
     * looked for after a pass over everything.
     *
     * <p>A name whose plaintext lies beside it stays as it is until that is encrypted: who wrote it saw what is there, and it would
     * count as a change to what others wrote meanwhile.
     *
     * @param pass what was found in the directory
     */
    void apply(Vault.Pass pass) throws IOException {
        catchUp();
        List<FileEntry> todo = new ArrayList<>();
        for (String path : open) {
            FileEntry entry = files.get(path);
            if (entry != null) {
                todo.add(entry);
            }
        }
        beingEdited.clear();
        for (FileEntry entry : todo) {
            if (isBeingEdited(entry, pass)) {
                beingEdited.add(entry.path());
            }
        }
        // Two names may swap their contents: what is to stay is put aside before anything is replaced.
        for (FileEntry entry : todo) {
            VaultFiles.Held there = held.at(entry.path());
            if (entry.isFile()
                    && (there == null || !there.id().equals(entry.content().id()))) {
                held.keep(entry.content().id(), this::isLeaving);
            }
        }
        todo.removeIf(entry -> beingEdited.contains(entry.path()));
        Set<String> needed = Set.copyOf(needed().keySet());
        Set<String> directories = new TreeSet<>();
        todo.stream().filter(FileEntry::isDirectory).forEach(entry -> makeOrLog(entry, directories));
        todo.stream().filter(FileEntry::isFile).forEach(entry -> installOrLog(entry, needed, directories));
        // What is in a directory comes after it, and goes before it.
        Collections.reverse(todo);
        todo.stream().filter(FileEntry::isGone).forEach(entry -> removeOrLog(entry, needed, directories));
        forceAll(directories);
        findWanted();
        if (pass.whole()) {
            held.sweep(needed().keySet()::contains);
        }
    }

    private boolean isBeingEdited(FileEntry entry, Vault.Pass pass) throws IOException {
        String path = entry.path();
        return !entry.isDirectory()
                && path.endsWith(VaultNames.SEALED)
                && pass.after().isPlain(disk, path.substring(0, path.length() - VaultNames.SEALED.length()));
    }

    private void forceAll(Set<String> directories) throws IOException {
        for (String directory : directories) {
            if (disk.stat(directory) != null) {
                disk.force(directory);
            }
        }
    }

    /** Deletes what the directory shows of names that are forgotten, once all else was taken over from other machines. */
    void dropForgotten() throws IOException {
        if (!index.adopted) {
            return;
        }
        Set<String> directories = new TreeSet<>();
        boolean done = true;
        List<FileEntry> shown = new ArrayList<>(applied.values());
        shown.sort(Comparator.comparing(FileEntry::path).reversed());
        for (FileEntry entry : shown) {
            if (files.get(entry.path()) == null) {
                boolean gone = entry.isFile()
                        ? held.remove(entry.path(), this::isDirectory)
                        : !entry.isDirectory() || held.removeDirectory(entry.path());
                if (gone) {
                    applied.remove(entry.path());
                    directories.add(VaultNames.parent(entry.path()));
                }
                done &= gone;
            }
        }
        forceAll(directories);
        index.adopted = !done;
    }

    /** Finds out which names show something else than their last change. */
    private void catchUp() {
        Set<String> changed = new HashSet<>(files.pathsChangedAfter(seenFiles));
        changed.addAll(applied.changedAfter(seenApplied));
        seenFiles = files.lastChange();
        seenApplied = applied.lastChange();
        for (String path : changed) {
            FileEntry entry = files.get(path);
            if (entry != null && !entry.equals(applied.get(path))) {
                open.add(path);
            } else {
                open.remove(path);
            }
        }
    }

    private void installOrLog(FileEntry entry, Set<String> needed, Set<String> directories) {
        FileEntry.Content content = entry.content();
        try {
            VaultFiles.Held there = held.at(entry.path());
            boolean same = there != null && there.id().equals(content.id());
            if (same
                    || (!holdsWhatOthersNeed(entry.path(), needed)
                            && held.install(entry.path(), content.id(), content.modifiedNanos(), this::isLeaving))) {
                applied.put(entry.path(), entry);
            }
            if (!same && held.at(entry.path()) != null) {
                directories.add(VaultNames.parent(entry.path()));
            }
        } catch (IOException e) {
            log.warn(
                    "a file of a lockbox could not be put in place, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    private void removeOrLog(FileEntry entry, Set<String> needed, Set<String> directories) {
        try {
            boolean done;
            if (isDirectoryHere(entry.path())) {
                done = held.removeDirectory(entry.path());
            } else {
                done = !holdsWhatOthersNeed(entry.path(), needed) && held.remove(entry.path(), this::isDirectory);
            }
            if (done) {
                applied.put(entry.path(), entry);
                directories.add(VaultNames.parent(entry.path()));
            }
        } catch (IOException e) {
            log.warn(
                    "a file of a lockbox could not be deleted, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    private void makeOrLog(FileEntry entry, Set<String> directories) {
        try {
            held.installDirectory(entry.path(), entry.content().mode());
            applied.put(entry.path(), entry);
            directories.add(VaultNames.parent(entry.path()));
        } catch (IOException e) {
            log.warn(
                    "a directory of a lockbox could not be made, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    private boolean isDirectoryHere(String path) {
        FileEntry was = applied.get(path);
        return was == null ? !path.endsWith(VaultNames.SEALED) : was.isDirectory();
    }

    private boolean isDirectory(String path) {
        FileEntry entry = files.get(path);
        return entry != null && entry.isDirectory();
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
        return entry != null
                && there != null
                && !beingEdited.contains(path)
                && !entry.content().id().equals(there.id());
    }

    /** Contents that names are waiting for. */
    private Map<String, FileEntry.Content> needed() {
        catchUp();
        Map<String, FileEntry.Content> needed = new HashMap<>();
        for (String path : open) {
            FileEntry entry = files.get(path);
            if (entry != null && entry.isFile()) {
                needed.put(entry.content().id(), entry.content());
            }
        }
        return needed;
    }

    /** Finds out what is lacking. */
    void findWanted() throws IOException {
        wanted.clear();
        Map<String, FileEntry.Content> needed = needed();
        distrusted.retainAll(needed.keySet());
        for (FileEntry.Content content : needed.values()) {
            if (held.pathOf(content.id()) == null && !held.isReceived(content.id())) {
                wanted.put(content.id(), content);
            }
        }
    }
}
