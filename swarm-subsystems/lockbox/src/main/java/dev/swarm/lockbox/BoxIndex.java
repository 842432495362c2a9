package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.set.FileSet;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this machine knows of a user's lockbox: the file set, what the directory shows of it, which age files lie there, and which of
 * them are to have other keys. Kept over restarts; what is written is what changed. Guarded by the lock of its box.
 */
final class BoxIndex {

    private static final Logger log = LoggerFactory.getLogger(BoxIndex.class);

    final FileSet files;
    final VaultFiles held;
    final AppliedChanges applied = new AppliedChanges();
    final KeyRenewal renewal = new KeyRenewal();

    /** Names the directory that this is about; empty before there is one. */
    String marker = "";

    /** The last change that had been seen when this machine last agreed with another. */
    HybridTimestamp agreedAt = HybridTimestamp.ZERO;

    /** Whether this machine takes over what others have; see {@link Tombstones}. */
    boolean adopting;

    /** Whether it did, and what the directory shows beyond that is to go. */
    boolean adopted;

    /** Deletions that all machines know of, by path. */
    final Map<String, Tombstones.Known> known = new HashMap<>();

    private final IndexFile file;
    private final Set<String> newlyKnown = new HashSet<>();
    private boolean loaded;
    private Saved saved =
            new Saved(0, 0, 0, "", new Standing(HybridTimestamp.ZERO, HybridTimestamp.ZERO, false, false));

    private record Standing(HybridTimestamp horizon, HybridTimestamp agreedAt, boolean adopting, boolean adopted) {}

    /** What the file has. */
    private record Saved(long files, long applied, long held, String marker, Standing standing) {}

    /**
     * An index of which nothing was read yet.
     *
     * @param state the directory where it is kept
     * @param disk the user's directory
     * @param random for names of files
     */
    BoxIndex(PeerId self, VaultDisk state, VaultDisk disk, RandomGenerator random) {
        this.files = new FileSet(self);
        this.held = new VaultFiles(disk, random);
        this.file = new IndexFile(state, random);
    }

    /** Reads what an earlier run kept; does nothing from the second time on. */
    void load(long nowMillis) throws IOException {
        if (loaded) {
            return;
        }
        Earlier earlier = new Earlier();
        try {
            for (byte[] piece : file.read()) {
                IndexRecords.read(piece, earlier);
            }
        } catch (CanonicalFormatException e) {
            log.warn("the index of a lockbox is of another version and not read further: {}", e.getMessage());
        }
        files.restore(earlier.entries.values(), nowMillis);
        files.raiseHorizon(earlier.horizon);
        files.restoreLatest(agreedAt, nowMillis);
        earlier.applied.forEach(applied::put);
        held.restore(earlier.held);
        renewal.forgetChanges();
        saved = current();
        loaded = true;
    }

    /** Writes what changed; it is on disk when this returns. */
    void save() throws IOException {
        Saved next = current();
        if (next.equals(saved) && !renewal.hasChanges() && newlyKnown.isEmpty()) {
            return;
        }
        if (file.wantsWhole()) {
            file.writeWhole(sink -> {
                IndexRecords all = new IndexRecords(sink);
                whole(all);
                if (!all.isEmpty()) {
                    sink.put(all.piece());
                }
            });
        } else {
            IndexRecords news = new IndexRecords(null);
            changes(news);
            file.append(news.piece());
        }
        renewal.forgetChanges();
        newlyKnown.clear();
        saved = next;
    }

    /** Notes since when all machines know of a deletion. */
    void putKnown(String path, Tombstones.Known since) {
        known.put(path, since);
        newlyKnown.add(path);
    }

    /** Lets go of the file. */
    void close() throws IOException {
        file.close();
    }

    /** Deletes what is kept. */
    void delete() throws IOException {
        file.delete();
    }

    private Saved current() {
        return new Saved(files.lastChange(), applied.lastChange(), held.lastChange(), marker, standing());
    }

    private Standing standing() {
        return new Standing(files.horizon(), agreedAt, adopting, adopted);
    }

    private void whole(IndexRecords target) throws IOException {
        target.marker(marker);
        target.standing(files.horizon(), agreedAt, adopting, adopted);
        for (FileEntry entry : files.entries().values()) {
            target.entry(entry);
        }
        for (FileEntry entry : applied.values()) {
            target.applied(entry.path(), entry, files.get(entry.path()));
        }
        for (Map.Entry<String, VaultFiles.Held> each : held.all().entrySet()) {
            target.held(each.getKey(), each.getValue());
        }
        for (Map.Entry<String, Tombstones.Known> each : known.entrySet()) {
            target.known(each.getKey(), each.getValue());
        }
        renewal.write(target);
    }

    private void changes(IndexRecords target) throws IOException {
        if (!marker.equals(saved.marker())) {
            target.marker(marker);
        }
        if (!standing().equals(saved.standing())) {
            target.standing(files.horizon(), agreedAt, adopting, adopted);
        }
        for (String path : files.pathsChangedAfter(saved.files())) {
            FileEntry entry = files.get(path);
            if (entry != null) {
                target.entry(entry);
            } else {
                target.forgotten(path);
            }
        }
        for (String path : newlyKnown) {
            Tombstones.Known since = known.get(path);
            if (since != null) {
                target.known(path, since);
            }
        }
        for (String path : applied.changedAfter(saved.applied())) {
            target.applied(path, applied.get(path), files.get(path));
        }
        for (String path : held.changedAfter(saved.held())) {
            target.held(path, held.at(path));
        }
        renewal.writeChanges(target);
    }

    /** What an earlier run knew. */
    private final class Earlier implements IndexRecords.Reader {

        private final Map<String, FileEntry> entries = new TreeMap<>();
        private final Map<String, FileEntry> applied = new TreeMap<>();
        private final Map<String, VaultFiles.Held> held = new HashMap<>();
        private HybridTimestamp horizon = HybridTimestamp.ZERO;

        @Override
        public void marker(String name) {
            marker = name;
        }

        @Override
        public void entry(FileEntry entry) {
            entries.put(entry.path(), entry);
        }

        @Override
        public void appliedEntry(String path) {
            FileEntry entry = entries.get(path);
            if (entry == null) {
                throw new CanonicalFormatException("what a directory shows is no entry");
            }
            applied.put(path, entry);
        }

        @Override
        public void applied(FileEntry entry) {
            applied.put(entry.path(), entry);
        }

        @Override
        public void notApplied(String path) {
            applied.remove(path);
        }

        @Override
        public void held(String path, VaultFiles.@Nullable Held what) {
            if (what == null) {
                held.remove(path);
            } else {
                held.put(path, what);
            }
        }

        @Override
        public void generation(String name, Set<String> recipients) {
            renewal.restore(name, recipients);
        }

        @Override
        public void outdated(String payload, boolean is) {
            renewal.restore(payload, is);
        }

        @Override
        public void forgotten(String path) {
            entries.remove(path);
            BoxIndex.this.known.remove(path);
        }

        @Override
        public void standing(HybridTimestamp upTo, HybridTimestamp agreed, boolean isAdopting, boolean hasAdopted) {
            horizon = upTo;
            agreedAt = agreed;
            adopting = isAdopting;
            adopted = hasAdopted;
        }

        @Override
        public void known(String path, Tombstones.Known since) {
            BoxIndex.this.known.put(path, since);
        }
    }
}
