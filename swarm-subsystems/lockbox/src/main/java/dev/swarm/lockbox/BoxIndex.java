package dev.swarm.lockbox;

import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.set.FileSet;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What this machine knows of a user's lockbox: the file set, what the directory shows of it, which age files lie there, and which of
 * them are to have other keys. Kept over restarts. Guarded by the lock of its box.
 */
final class BoxIndex {

    final FileSet files;
    final VaultFiles held;

    /** For each name, the change that the directory shows. */
    final Map<String, FileEntry> applied = new HashMap<>();

    final KeyRenewal renewal = new KeyRenewal();

    /** Names the directory that this is about; empty before there is one. */
    String marker = "";

    private final Path directory;
    private final StateFile file;
    private boolean loaded;

    /**
     * An index of which nothing was read yet.
     *
     * @param directory where it is kept
     * @param disk the user's directory
     * @param random for names of files
     */
    BoxIndex(PeerId self, Path directory, VaultDisk disk, RandomGenerator random) {
        this.files = new FileSet(self);
        this.held = new VaultFiles(disk, random);
        this.directory = directory;
        this.file = new StateFile(directory, random);
    }

    /** Reads what an earlier run kept; does nothing from the second time on. */
    void load(long nowMillis) throws IOException {
        if (loaded) {
            return;
        }
        PrivateFiles.createDirectories(directory);
        BoxState state = file.read();
        marker = state.marker();
        files.restore(state.entries(), nowMillis);
        state.applied().forEach(entry -> applied.put(entry.path(), entry));
        held.restore(state.held());
        renewal.restore(state.renewal());
        loaded = true;
    }

    /** Writes what changed; it is on disk when this returns. */
    void save() throws IOException {
        file.save(new BoxState(
                marker,
                List.copyOf(files.entries().values()),
                List.copyOf(new TreeMap<>(applied).values()),
                held.all(),
                renewal.memory()));
    }

    /** Deletes what is kept. */
    void delete() throws IOException {
        file.delete();
    }
}
