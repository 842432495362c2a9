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
    private final FileHashing hashing;
    private final StorePaths paths;
    private final InstantSource clock;

    Graveyard(Disk disk, FileHashing hashing, StorePaths paths, InstantSource clock) {
        this.disk = disk;
        this.hashing = hashing;
        this.paths = paths;
        this.clock = clock;
    }

    /**
     * Takes the file of a blob, in place of one that is there already. Its time and rights are set between two renames: as long as it
     * lies in {@code seed/} it must look like itself, or it would be a new seed after a crash; once it lies here under its name it must
     * not look older than it is.
     *
     * @param path the file in the store, or the seed file
     * @return whether it could: false if the file lies on another file system, where it stays as it is
     */
    boolean take(BlobId id, Path path) throws IOException {
        Path grave = paths.buried(id);
        Path taken = StorePaths.temporary(grave);
        try {
            disk.rename(path, taken);
        } catch (AtomicMoveNotSupportedException e) {
            return false;
        }
        disk.restrictToOwner(taken);
        layDown(taken, grave);
        return true;
    }

    /** Takes a copy of a file, if its bytes are what the blob is named by; the file stays. */
    boolean takeCopy(BlobId id, Path path) throws IOException {
        Path grave = paths.buried(id);
        Path taken = StorePaths.temporary(grave);
        boolean same;
        try (SharedFile from = SharedFile.open(disk, path, Disk.Access.READ);
                SharedFile to = SharedFile.open(disk, taken, Disk.Access.REPLACE)) {
            same = hashing.hash(from, to).id().equals(id);
            to.force();
        } catch (IOException | RuntimeException e) {
            disk.delete(taken);
            throw e;
        }
        if (same) {
            layDown(taken, grave);
        } else {
            disk.delete(taken);
        }
        return same;
    }

    /** Whether a blob lies here. */
    boolean holds(BlobId id) throws IOException {
        Disk.Stat stat = disk.stat(paths.buried(id));
        return stat != null && stat.kind() == Disk.Kind.FILE;
    }

    /** Lets a blob that lies here count as buried now; whether it does lie here. */
    boolean renew(BlobId id) throws IOException {
        boolean here = holds(id);
        if (here) {
            disk.setModified(paths.buried(id), clock.millis());
        }
        return here;
    }

    private void layDown(Path taken, Path grave) throws IOException {
        disk.setModified(taken, clock.millis());
        disk.rename(taken, grave);
        disk.forceDirectory(paths.graveyard);
    }

    /** Gives a blob back if its bytes are what they are named by, and deletes them if not; whether it did. */
    boolean giveBack(BlobId id) throws IOException {
        Path grave = paths.buried(id);
        Disk.Stat stat = disk.exists(grave) ? disk.stat(grave) : null;
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            return false;
        }
        BlobCache.Seeded blob = hashing.hash(grave);
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

    /** Deletes what was buried before a time, and what a crash kept from being buried; how many. */
    int purge(long epochMillis) throws IOException {
        int purged = 0;
        for (String name : disk.list(paths.graveyard)) {
            Path grave = paths.graveyard.resolve(name);
            boolean ours = StorePaths.contentId(name) != null || StorePaths.isTemporary(name);
            Disk.Stat stat = ours ? disk.stat(grave) : null;
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
