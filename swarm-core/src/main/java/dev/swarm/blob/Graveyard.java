package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where revoked blobs wait for their deletion. A copy's time of change is the time of its burial. For the holder of the
 * blob's lock, but for {@link #purge}.
 */
final class Graveyard {

    private static final Logger log = LoggerFactory.getLogger(Graveyard.class);

    private final Disk disk;
    private final StorePaths paths;
    private final InstantSource clock;

    Graveyard(Disk disk, StorePaths paths, InstantSource clock) {
        this.disk = disk;
        this.paths = paths;
        this.clock = clock;
    }

    /**
     * Takes the file of a blob. The time is set first: after a crash in between, the copy must not look older than it is.
     *
     * @param path the file in the store, or the seed file
     * @return whether it could: false if the file lies on another file system, where it stays
     */
    boolean take(BlobId id, Path path) throws IOException {
        disk.setModified(path, clock.millis());
        disk.restrictToOwner(path);
        try {
            disk.rename(path, paths.buried(id));
        } catch (AtomicMoveNotSupportedException e) {
            log.warn("{} lies on another file system than {}, no copy is kept of it", path, paths.graveyard);
            return false;
        }
        disk.forceDirectory(paths.graveyard);
        return true;
    }

    /** Gives a blob back if its bytes are what they are named by, and deletes them if not; whether it did. */
    boolean giveBack(BlobId id) throws IOException {
        Path grave = paths.buried(id);
        Disk.Stat stat = disk.exists(grave) ? disk.stat(grave) : null;
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            return false;
        }
        BlobCache.Seeded blob = FileHashing.hash(disk, grave);
        if (!blob.id().equals(id)) {
            log.warn("{} holds {} and not what it is named by; deleted", grave, blob.id());
            disk.delete(grave);
            return false;
        }
        Sidecar.write(disk, paths.tree(id), blob, null);
        disk.rename(grave, paths.content(id));
        Sidecar.stampOwn(disk, paths.tree(id), blob, paths.content(id));
        return true;
    }

    /** Deletes what was buried before a time; how many. */
    int purge(long epochMillis) throws IOException {
        int purged = 0;
        for (String name : disk.list(paths.graveyard)) {
            Path grave = paths.graveyard.resolve(name);
            Disk.Stat stat = StorePaths.contentId(name) == null ? null : disk.stat(grave);
            if (stat != null
                    && stat.kind() == Disk.Kind.FILE
                    && stat.modifiedNanos() < TimeUnit.MILLISECONDS.toNanos(epochMillis)
                    && disk.delete(grave)) {
                purged++;
            }
        }
        return purged;
    }
}
