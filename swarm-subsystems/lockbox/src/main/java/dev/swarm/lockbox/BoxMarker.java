package dev.swarm.lockbox;

import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultNames;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the directory that an index is about from another in its place, one whose disk was lost, say, or is not mounted: an empty
 * file with a random name. Guarded by the lock of its box.
 */
final class BoxMarker {

    private static final Logger log = LoggerFactory.getLogger(BoxMarker.class);
    private static final String PREFIX = VaultNames.in(VaultNames.WORK, "marker-");

    private final BoxIndex index;
    private final VaultDisk disk;
    private final RandomGenerator random;

    BoxMarker(BoxIndex index, VaultDisk disk, RandomGenerator random) {
        this.index = index;
        this.disk = disk;
        this.random = random;
    }

    /** Whether the directory may be another than the index is about. */
    boolean isMissing() throws IOException {
        return index.marker.isEmpty() || disk.stat(PREFIX + index.marker) == null;
    }

    /** Whether the directory is another than the index is about. It is the index's directory from then on, with nothing in it. */
    boolean isReplaced() throws IOException {
        boolean replaced = !index.marker.isEmpty() && isMissing();
        if (replaced) {
            log.warn("a lockbox is another directory than it was; its files come back from the user's other machines");
            index.applied.clear();
        }
        if (replaced || index.marker.isEmpty()) {
            index.marker = Long.toHexString(random.nextLong());
            disk.makeDirectory(VaultNames.WORK);
            disk.create(PREFIX + index.marker).close();
        }
        return replaced;
    }

    void delete() throws IOException {
        disk.delete(PREFIX + index.marker);
    }
}
