package dev.swarm.lockbox;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.DropSealer;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultScan;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
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
     * @param sealed what was just encrypted, by path, to the recipients of {@code generation}
     */
    void noteWritten(Map<String, DropSealer.Sealed> sealed, String generation) {
        // A renamed file keeps what is known of it.
        Map<String, FileEntry.Content> known = new HashMap<>();
        index.applied.values().forEach(entry -> known.put(entry.content().id(), entry.content()));
        for (Map.Entry<String, VaultFiles.Held> each : new TreeMap<>(index.held.all()).entrySet()) {
            String path = each.getKey();
            String id = each.getValue().id();
            FileEntry basis = index.applied.get(path);
            if (basis != null && basis.content().id().equals(id)) {
                continue;
            }
            DropSealer.Sealed fresh = sealed.get(path);
            VaultDisk.Stat stat = each.getValue().stat();
            FileEntry.Content content = fresh == null
                    ? known.containsKey(id) ? known.get(id) : unknownContent(path, id, stat)
                    : new FileEntry.Content(
                            id,
                            stat.size(),
                            fresh.mode(),
                            fresh.modifiedNanos(),
                            newDocument(),
                            generation,
                            fresh.payload());
            try {
                index.applied.put(path, index.files.write(path, content, basis, clock.millis()));
            } catch (IllegalArgumentException e) {
                log.warn("a file of a lockbox stays on this machine: {}", e.getMessage());
            }
        }
    }

    /** Notes files that are gone. */
    void noteDeleted(VaultScan scan) {
        for (FileEntry each : List.copyOf(index.applied.values())) {
            String path = each.path();
            boolean hidden =
                    scan.skipped().keySet().stream().anyMatch(dir -> path.equals(dir) || path.startsWith(dir + "/"));
            if (each.isFile() && index.held.at(path) == null && !hidden) {
                index.applied.put(path, index.files.delete(path, each, clock.millis()));
            }
        }
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
