package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Removes what a crash left behind, before the store is used. */
final class StoreSweep {

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
                disk.delete(paths.blobs.resolve(name));
            }
        }
        for (String name : disk.list(paths.files)) {
            if (name.startsWith(".") && StorePaths.isTemporary(name)) {
                disk.delete(paths.files.resolve(name));
            }
        }
        partial.retainAll(complete);
        for (BlobId id : partial) {
            delete(disk, paths.partial(id));
        }
    }

    /** Deletes a partial directory; whether there was one. */
    static boolean delete(Disk disk, Path directory) throws IOException {
        Disk.Stat stat = disk.stat(directory);
        if (stat == null) {
            return false;
        }
        if (stat.kind() == Disk.Kind.DIRECTORY) {
            for (String name : disk.list(directory)) {
                disk.delete(directory.resolve(name));
            }
        }
        return disk.delete(directory);
    }
}
