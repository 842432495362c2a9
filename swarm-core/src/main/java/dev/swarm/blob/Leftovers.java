package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what takes up room or misleads people and is of no use: partial copies of complete blobs, and links that lead nowhere. */
final class Leftovers {

    private final Disk disk;
    private final StorePaths paths;

    Leftovers(Disk disk, StorePaths paths) {
        this.disk = disk;
        this.paths = paths;
    }

    /** What there is at present, in the order of the names. A store that is in use may be about to remove some of it. */
    List<Path> find() throws IOException {
        List<Path> found = new ArrayList<>();
        for (BlobId blob : superseded()) {
            found.add(paths.partial(blob));
        }
        for (Dangling link : dangling()) {
            found.add(link.entry());
        }
        found.sort(null);
        return found;
    }

    /** Removes all of it from a store that is not in use. */
    List<Path> removeUnused() throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path path : find()) {
            if (StoreSweep.delete(disk, path)) {
                removed.add(path);
            }
        }
        return removed;
    }

    /** The blobs that are complete and have a partial copy. */
    List<BlobId> superseded() throws IOException {
        Set<BlobId> complete = new HashSet<>();
        List<BlobId> partial = new ArrayList<>();
        for (String name : names(paths.blobs)) {
            BlobId content = StorePaths.contentId(name);
            BlobId started = StorePaths.partialId(name);
            if (content != null && !isDangling(paths.blobs.resolve(name))) {
                complete.add(content);
            } else if (started != null) {
                partial.add(started);
            }
        }
        partial.removeIf(blob -> !complete.contains(blob));
        return partial;
    }

    /** The links that lead nowhere: content whose seed file is gone, and entries of {@code files/}. */
    List<Dangling> dangling() throws IOException {
        List<Dangling> found = new ArrayList<>();
        for (String name : names(paths.blobs)) {
            BlobId content = StorePaths.contentId(name);
            Path entry = paths.blobs.resolve(name);
            if (content != null && isDangling(entry)) {
                found.add(new Dangling(entry, content));
            }
        }
        for (String name : names(paths.files)) {
            Path entry = paths.files.resolve(name);
            if (isDangling(entry)) {
                Path target = disk.readLink(entry).getFileName();
                found.add(new Dangling(entry, target == null ? null : StorePaths.contentId(target.toString())));
            }
        }
        return found;
    }

    /** A link that leads nowhere, and the blob that it was made for, if it was made by a store. */
    record Dangling(Path entry, @Nullable BlobId blob) {}

    /** Whether an entry is a link, perhaps to a link, that ends at nothing. */
    boolean isDangling(Path entry) throws IOException {
        Path at = entry;
        for (int hops = 0; hops < 8; hops++) {
            Disk.Stat stat = disk.stat(at);
            if (stat == null) {
                return hops > 0;
            }
            if (stat.kind() != Disk.Kind.LINK) {
                return false;
            }
            at = at.resolveSibling(disk.readLink(at)).normalize();
        }
        return true;
    }

    private List<String> names(Path directory) throws IOException {
        return disk.stat(directory) == null ? List.of() : disk.list(directory);
    }
}
