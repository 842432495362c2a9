package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts on a partial directory: hashes what the journal there claims and keeps what matches the tree.
 *
 * <p>After a failed flush the kernel may hold pages that it takes for written and that never reached the disk; hashing them
 * proves nothing about the disk. Such data is copied to a new file, whose flush speaks for itself.
 */
final class PartialResume {

    private static final Logger log = LoggerFactory.getLogger(PartialResume.class);

    private final Disk disk;
    private final StorePaths paths;

    /**
     * What receiving goes on from.
     *
     * @param data the bytes
     * @param journal which records the leaves to come
     * @param held the leaves that are there and match
     * @param frontier the running hash of the contiguous ones
     */
    record Start(SharedFile data, LeafJournal journal, LeafSet held, Frontier frontier) {}

    PartialResume(Disk disk, StorePaths paths) {
        this.disk = disk;
        this.paths = paths;
    }

    /** Makes or reopens the partial directory of a blob. */
    Start start(BlobCache.Seeded blob, boolean suspect) throws IOException {
        BlobId id = blob.id();
        Disk.Stat directory = disk.stat(paths.partial(id));
        if (directory != null && directory.kind() != Disk.Kind.DIRECTORY) {
            disk.delete(paths.partial(id));
        }
        disk.makeDirectory(paths.partial(id), true);
        if (!isClear(id)) {
            new SetAside(disk).move(paths.partial(id), "a directory stands where a file is to be");
            disk.makeDirectory(paths.partial(id), true);
        }
        keepTree(blob);
        LeafSet claimed = LeafJournal.read(
                disk, paths.partialLeaves(id), id, blob.layout().leafCount());
        SharedFile data = suspect || disk.stat(paths.partialSuspect(id)) != null
                ? copyOfData(blob, claimed)
                : SharedFile.open(disk, paths.partialData(id), Disk.Access.UPDATE);
        try {
            return verify(blob, claimed, data);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private Start verify(BlobCache.Seeded blob, LeafSet claimed, SharedFile data) throws IOException {
        BlobLayout layout = blob.layout();
        LeafSet held = LeafSet.none(layout.leafCount());
        Frontier frontier = new Frontier(layout, data);
        LeafHasher hasher = new LeafHasher();
        ByteBuffer buffer = ByteBuffer.allocate(BlobLayout.LEAF_BYTES);
        data.truncateTo(layout.size());
        for (int leaf = claimed.nextIn(0); leaf >= 0; leaf = claimed.nextIn(leaf + 1)) {
            data.read(buffer.clear().limit(layout.leafLength(leaf)), layout.leafOffset(leaf));
            if (!buffer.hasRemaining() && blob.tree().matches(leaf, buffer.flip(), hasher)) {
                held.add(leaf);
                frontier.advance(leaf, buffer, any -> false);
            }
        }
        if (held.size() < claimed.size()) {
            log.warn(
                    "partial copy of blob {}: {} of {} leaves were damaged and will be fetched again",
                    blob.id(),
                    claimed.size() - held.size(),
                    claimed.size());
        }
        LeafJournal journal = LeafJournal.start(disk, paths.partialLeaves(blob.id()), blob.id(), held);
        return new Start(data, journal, held, frontier);
    }

    /** Copies claimed leaves, right or wrong, into a file that takes the place of the suspect one. */
    private SharedFile copyOfData(BlobCache.Seeded blob, LeafSet claimed) throws IOException {
        Path path = paths.partialData(blob.id());
        Path temporary = StorePaths.temporary(path);
        BlobLayout layout = blob.layout();
        ByteBuffer buffer = ByteBuffer.allocate(BlobLayout.LEAF_BYTES);
        try (SharedFile from = SharedFile.open(disk, path, Disk.Access.UPDATE);
                SharedFile to = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
            for (int leaf = claimed.nextIn(0); leaf >= 0; leaf = claimed.nextIn(leaf + 1)) {
                from.read(buffer.clear().limit(layout.leafLength(leaf)), layout.leafOffset(leaf));
                to.writeFully(buffer.flip(), layout.leafOffset(leaf));
            }
        }
        disk.rename(temporary, path);
        disk.delete(paths.partialSuspect(blob.id()));
        return SharedFile.open(disk, path, Disk.Access.UPDATE);
    }

    private void keepTree(BlobCache.Seeded blob) throws IOException {
        Path path = paths.partialTree(blob.id());
        BlobCache.Seeded kept = Sidecar.readAll(disk, path, blob.id());
        if (kept == null || !kept.equals(blob)) {
            Sidecar.write(disk, path, blob, null);
        }
    }

    /** Removes what is no file, so that nothing but files is opened; false if something of it holds files of somebody's. */
    private boolean isClear(BlobId id) throws IOException {
        for (Path path : List.of(paths.partialData(id), paths.partialLeaves(id), paths.partialTree(id))) {
            Disk.Stat stat = disk.stat(path);
            if (stat != null && stat.kind() != Disk.Kind.FILE) {
                try {
                    disk.delete(path);
                } catch (DirectoryNotEmptyException e) {
                    return false;
                }
            }
        }
        return true;
    }
}
