package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what a crash left behind, before the store is used. */
final class StoreSweep {

    private static final Logger log = LoggerFactory.getLogger(StoreSweep.class);

    private StoreSweep() {}

    static void sweep(Disk disk, StorePaths paths) throws IOException {
        Set<BlobId> complete = new HashSet<>();
        Set<BlobId> partial = new HashSet<>();
        Set<String> names = new HashSet<>(disk.list(paths.blobs));
        for (String name : names) {
            BlobId content = StorePaths.contentId(name);
            BlobId started = StorePaths.partialId(name);
            if (content != null) {
                complete.add(content);
            } else if (started != null) {
                partial.add(started);
            }
        }
        for (String name : names) {
            BlobId owner = StorePaths.sidecarId(name);
            boolean orphan = owner != null && !complete.contains(owner) && !partial.contains(owner);
            if (orphan || StorePaths.isTemporary(name)) {
                remove(disk, paths.blobs.resolve(name));
            }
        }
        for (String name : disk.list(paths.files)) {
            if (name.startsWith(".") && StorePaths.isTemporary(name)) {
                remove(disk, paths.files.resolve(name));
            }
        }
        for (String name : disk.list(paths.seed)) {
            if (StorePaths.isSeedCopy(name)) {
                remove(disk, paths.seed.resolve(name));
            }
        }
        partial.retainAll(complete);
        for (BlobId id : partial) {
            discard(disk, paths.partial(id));
        }
    }

    /** Removes what is of no use; a directory that somebody put there is set aside. The store works with it there as well. */
    private static void remove(Disk disk, Path path) {
        try {
            try {
                disk.delete(path);
            } catch (DirectoryNotEmptyException e) {
                new SetAside(disk).move(path, "it is no file");
            }
        } catch (IOException e) {
            log.warn("{} is of no use and cannot be deleted: {}; delete it by hand", path, e.toString());
        }
    }

    /** Deletes a partial directory that is of no use any more, or says why it stays. */
    static void discard(Disk disk, Path directory) {
        try {
            delete(disk, directory);
        } catch (IOException e) {
            log.warn("{} is of no use and cannot be deleted: {}; delete it by hand", directory, e.toString());
        }
    }

    /** Deletes a partial directory, or sets it aside if it holds directories of somebody's; whether there was one. */
    static boolean delete(Disk disk, Path directory) throws IOException {
        Disk.Stat stat = disk.stat(directory);
        if (stat == null) {
            return false;
        }
        if (stat.kind() == Disk.Kind.DIRECTORY) {
            boolean foreign = false;
            for (String name : disk.list(directory)) {
                try {
                    disk.delete(directory.resolve(name));
                } catch (DirectoryNotEmptyException e) {
                    foreign = true;
                }
            }
            if (foreign) {
                new SetAside(disk).move(directory, "it holds a directory that is not the store's");
                return true;
            }
        }
        return disk.delete(directory);
    }
}
