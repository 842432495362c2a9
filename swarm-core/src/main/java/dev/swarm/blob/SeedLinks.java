package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists files of other people's making as complete blobs, by links where the file system has them, by copies where not. Flushing
 * the directory is left to the caller. Safe for many threads.
 */
final class SeedLinks {

    private final Disk disk;
    private final FileHashing hashing;
    private final StorePaths paths;
    private final BlobLocks locks;
    private final CompleteBlobs complete;
    private final boolean links;
    private final AtomicLong copies = new AtomicLong();

    SeedLinks(
            Disk disk, FileHashing hashing, StorePaths paths, BlobLocks locks, CompleteBlobs complete, boolean links) {
        this.disk = disk;
        this.hashing = hashing;
        this.paths = paths;
        this.locks = locks;
        this.complete = complete;
        this.links = links;
    }

    /** Hashes a file and lists it. */
    BlobCache.Seeded add(Path seed) throws IOException {
        Path file = seed.toAbsolutePath().normalize();
        return links ? addByLink(file) : addByCopy(file);
    }

    /**
     * Copies a file into the seed directory, hashing it on the way.
     *
     * @param flush forces the listing of the copy once it is placed
     */
    BlobCache.SeedCopy copy(Path source, DirectoryFlush flush, BooleanSupplier givenUp) throws IOException {
        Disk.Stat before = regular(source);
        Path copy = paths.seedCopy(copies.incrementAndGet());
        return new Copy(copyHashed(source, before, copy, givenUp), copy, flush);
    }

    private BlobCache.Seeded copyHashed(Path source, Disk.Stat before, Path copy, BooleanSupplier givenUp)
            throws IOException {
        try (SharedFile from = SharedFile.open(disk, source, Disk.Access.READ);
                SharedFile to = SharedFile.open(disk, copy, Disk.Access.REPLACE)) {
            BlobCache.Seeded blob = hashing.hash(from, to, givenUp);
            requireUnchanged(source, before, blob);
            to.force();
            FileHashing.requireWanted(givenUp);
            return blob;
        } catch (IOException | RuntimeException e) {
            disk.delete(copy);
            throw e;
        }
    }

    private final class Copy implements BlobCache.SeedCopy {

        private final BlobCache.Seeded content;
        private final Path copy;
        private final DirectoryFlush flush;
        private boolean placed;

        Copy(BlobCache.Seeded content, Path copy, DirectoryFlush flush) {
            this.content = content;
            this.copy = copy;
            this.flush = flush;
        }

        @Override
        public BlobCache.Seeded content() {
            return content;
        }

        @Override
        public void place(Label label) throws IOException {
            Path target = paths.seed.resolve(label.name());
            disk.rename(copy, target);
            placed = true;
            disk.forceDirectory(paths.seed);
            if (links) {
                listByLink(target);
            } else {
                addByCopy(target);
            }
            flush.force();
        }

        private void listByLink(Path target) throws IOException {
            BlobLocks.Held held = locks.lock(content.id());
            try {
                Sidecar.write(disk, paths.tree(content.id()), content, Sidecar.Stamp.of(regular(target)));
                link(content.id(), target);
            } finally {
                held.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            if (!placed) {
                disk.delete(copy);
            }
        }
    }

    /** Lists a file that was hashed before, if it is unchanged. */
    boolean relink(Path seed, BlobId id) throws IOException {
        Path file = seed.toAbsolutePath().normalize();
        BlobLocks.Held held = locks.lock(id);
        try {
            if (complete.contains(id)) {
                return true;
            }
            Sidecar sidecar = Sidecar.read(disk, paths.tree(id), id);
            Sidecar.Stamp stamp = sidecar == null ? null : sidecar.stamp();
            if (stamp == null || !stamp.fits(disk.stat(file))) {
                return false;
            }
            link(id, file);
            return true;
        } finally {
            held.unlock();
        }
    }

    /** Whether a file holds a blob, by what was kept of it or by hashing it. For the holder of the blob's lock. */
    boolean holds(Path file, Disk.Stat stat, BlobId id) throws IOException {
        Sidecar sidecar = Sidecar.read(disk, paths.tree(id), id);
        Sidecar.Stamp stamp = sidecar == null ? null : sidecar.stamp();
        return (stamp != null && stamp.fileKey() != 0 && stamp.fits(stat))
                || hashing.hash(file).id().equals(id);
    }

    private BlobCache.Seeded addByLink(Path file) throws IOException {
        Disk.Stat before = regular(file);
        BlobCache.Seeded blob = hashing.hash(file);
        requireUnchanged(file, before, blob);
        BlobLocks.Held held = locks.lock(blob.id());
        try {
            if (!complete.contains(blob.id())) {
                Sidecar.write(disk, paths.tree(blob.id()), blob, Sidecar.Stamp.of(before));
                link(blob.id(), file);
            }
        } finally {
            held.unlock();
        }
        return blob;
    }

    private BlobCache.Seeded addByCopy(Path file) throws IOException {
        Disk.Stat before = regular(file);
        Path copy = StorePaths.temporary(paths.blobs.resolve("seed-" + copies.incrementAndGet()));
        BlobCache.Seeded blob = copyHashed(file, before, copy, () -> false);
        BlobLocks.Held held = locks.lock(blob.id());
        try {
            if (complete.contains(blob.id())) {
                disk.delete(copy);
            } else {
                Sidecar.write(disk, paths.tree(blob.id()), blob, null);
                disk.rename(copy, paths.content(blob.id()));
                Sidecar.stampOwn(disk, paths.tree(blob.id()), blob, paths.content(blob.id()));
            }
        } finally {
            held.unlock();
        }
        return blob;
    }

    private void link(BlobId id, Path file) throws IOException {
        Path link = paths.content(id);
        Path temporary = StorePaths.temporary(link);
        disk.delete(temporary);
        disk.makeLink(temporary, isSeed(file) ? paths.blobs.relativize(file) : file);
        disk.rename(temporary, link);
        complete.forget(id);
    }

    private boolean isSeed(Path file) {
        return paths.seed.equals(file.getParent());
    }

    private Disk.Stat regular(Path file) throws IOException {
        Disk.@Nullable Stat stat = disk.stat(file);
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            throw new IOException("seed " + file + (stat == null ? " does not exist" : " is no regular file"));
        }
        if (stat.size() > BlobLayout.MAX_BLOB_BYTES) {
            throw new IOException(
                    "seed " + file + " has " + stat.size() + " bytes, the limit is " + BlobLayout.MAX_BLOB_BYTES);
        }
        return stat;
    }

    private void requireUnchanged(Path file, Disk.Stat before, BlobCache.Seeded blob) throws IOException {
        if (!Objects.equals(before, disk.stat(file))
                || before.size() != blob.layout().size()) {
            throw new IOException("seed " + file + " changed while it was hashed; it is hashed again at the next scan");
        }
    }
}
