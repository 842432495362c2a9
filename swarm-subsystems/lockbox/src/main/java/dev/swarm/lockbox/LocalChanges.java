package dev.swarm.lockbox;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.DropSealer;
import dev.swarm.lockbox.vault.Vault;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultScan;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes in the file set what this machine's user did in the directory. Guarded by the lock of its box. */
final class LocalChanges {

    private static final Logger log = LoggerFactory.getLogger(LocalChanges.class);

    private final BoxIndex index;
    private final VaultDisk disk;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Notes changes in an index; randomness is for the ids of new documents. */
    LocalChanges(BoxIndex index, VaultDisk disk, InstantSource clock, RandomGenerator random) {
        this.index = index;
        this.disk = disk;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Notes files that are new or others than they were.
     *
     * @param paths those that may be
     * @param sealed what was just encrypted, to the recipients of {@code generation}
     */
    void noteWritten(Set<String> paths, List<DropSealer.Sealed> sealed, String generation) {
        Map<String, DropSealer.Sealed> fresh = new HashMap<>();
        sealed.forEach(each -> fresh.put(each.path(), each));
        // Found out before anything is noted, for what was renamed is known by its old name.
        Map<String, FileEntry.Content> written = new TreeMap<>();
        List<FileEntry> known = new ArrayList<>();
        for (String path : paths) {
            VaultFiles.Held there = index.held.at(path);
            FileEntry basis = index.applied.get(path);
            FileEntry latest = index.files.get(path);
            if (there == null || (basis != null && basis.content().id().equals(there.id()))) {
                continue;
            }
            if (latest != null && latest.isFile() && latest.content().id().equals(there.id())) {
                // So it is after a crash, and in a directory that took the place of another.
                known.add(latest);
            } else {
                written.put(path, contentOf(path, there, fresh.get(path), generation));
            }
        }
        known.forEach(each -> index.applied.put(each.path(), each));
        written.forEach(this::note);
    }

    private void note(String path, FileEntry.Content content) {
        try {
            FileEntry basis = index.applied.get(path);
            index.applied.put(path, index.files.write(path, content, basis, clock.millis()));
        } catch (IllegalArgumentException e) {
            log.warn("a file of a lockbox stays on this machine: {}", e.getMessage());
        }
    }

    /** Notes files that are gone, of those that may be, or of all if the whole directory was looked at. */
    void noteDeleted(Set<String> paths, Vault.Pass pass) {
        for (String path : pass.whole() ? List.copyOf(index.applied.paths()) : paths) {
            FileEntry each = index.applied.get(path);
            if (each != null && each.isFile() && index.held.at(path) == null && !isHidden(path, pass.after())) {
                index.applied.put(path, index.files.delete(path, each, clock.millis()));
            }
        }
    }

    /** Notes directories that were made, have other permissions, or are gone. */
    void noteDirectories(Set<String> paths, Vault.Pass pass) {
        for (String path : pass.whole() ? index.applied.directories() : List.copyOf(paths)) {
            FileEntry each = index.applied.get(path);
            if (each != null
                    && each.isDirectory()
                    && !pass.after().directories().containsKey(path)
                    && !isHidden(path, pass.after())) {
                index.applied.put(path, index.files.delete(path, each, clock.millis()));
            }
        }
        for (String path : pass.whole() ? pass.after().directories().keySet() : paths) {
            VaultDisk.Stat stat = pass.after().directories().get(path);
            if (stat != null) {
                noteDirectory(path, FileEntry.Content.directoryMode(stat.mode()));
            }
        }
    }

    private void noteDirectory(String path, int mode) {
        FileEntry basis = index.applied.get(path);
        // One that was made for a file that came first is another machine's, whose word on it is on its way.
        boolean known = basis == null
                ? index.held.hasMade(path)
                : basis.isDirectory() && basis.content().mode() == mode;
        if (!known) {
            try {
                index.applied.put(path, index.files.makeDirectory(path, mode, basis, clock.millis()));
            } catch (IllegalArgumentException e) {
                log.debug("a directory of a lockbox stays on this machine: {}", e.getMessage());
            }
        }
    }

    private static boolean isHidden(String path, VaultScan scan) {
        return scan.skipped().keySet().stream().anyMatch(dir -> path.equals(dir) || path.startsWith(dir + "/"));
    }

    private FileEntry.Content contentOf(
            String path, VaultFiles.Held there, DropSealer.@Nullable Sealed fresh, String generation) {
        if (fresh != null) {
            return new FileEntry.Content(
                    there.id(),
                    there.stat().size(),
                    fresh.mode(),
                    fresh.modifiedNanos(),
                    newDocument(),
                    generation,
                    fresh.payload());
        }
        // A renamed file keeps what is known of it.
        FileEntry.Content known = index.applied.contentOf(there.id());
        return known == null ? unknownContent(path, there.id(), there.stat()) : known;
    }

    /** What tells a text from all others while it is encrypted in one way or another. */
    String newDocument() {
        byte[] document = new byte[FileEntry.Content.DOCUMENT_DIGITS / 2];
        random.nextBytes(document);
        return HexFormat.of().formatHex(document);
    }

    private FileEntry.Content unknownContent(String path, String id, VaultDisk.Stat stat) {
        String payload = FileEntry.Content.UNKNOWN_PAYLOAD;
        try (InputStream source = disk.read(path)) {
            payload = AgeFile.payloadOf(source);
        } catch (IOException e) {
            log.debug("the header of a user's own age file was not read: {}", e.getMessage());
        }
        return new FileEntry.Content(
                id,
                stat.size(),
                0600,
                stat.modifiedNanos(),
                newDocument(),
                FileEntry.Content.UNKNOWN_GENERATION,
                payload);
    }
}
