package dev.swarm.blob;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The complete blobs: finds, checks, opens and reads them. The disk is asked each time, as people move files; only open files
 * and small trees are kept. Safe for many threads.
 */
final class CompleteBlobs {

    private static final Logger log = LoggerFactory.getLogger(CompleteBlobs.class);

    /** Open files kept for the next read: more than a node serves at once, few against a descriptor limit of 1,024. */
    static final int MAX_OPEN = 64;

    /** Trees kept for the next request, in leaves: 4 MiB of hashes, for 8 GiB of content. */
    private static final int MAX_KEPT_LEAVES = (4 << 20) / HashTree.HASH_BYTES;

    private final Disk disk;
    private final FileHashing hashing;
    private final StorePaths paths;
    private final BlobLocks locks;
    private final SetAside aside;
    private final KeptTrees trees = new KeptTrees(MAX_KEPT_LEAVES);
    /** What files were when they were last found to be what they are named by. */
    private final Map<BlobId, Found> intact = new ConcurrentHashMap<>();

    private final Object lock = new Object();

    // Guarded by lock; least recently used first.
    private final Map<BlobId, OpenBlob> open = new LinkedHashMap<>(2 * MAX_OPEN, 0.75f, true);
    private boolean closed;

    CompleteBlobs(Disk disk, FileHashing hashing, StorePaths paths, BlobLocks locks) {
        this.disk = disk;
        this.hashing = hashing;
        this.paths = paths;
        this.locks = locks;
        this.aside = new SetAside(disk);
    }

    /** Reads as {@link BlobCache#read} says. */
    int read(BlobId id, long offset, ByteBuffer target) throws IOException {
        int start = target.position();
        try (OpenBlob blob = borrow(id)) {
            Objects.checkFromToIndex(
                    offset,
                    blob.sidecar().layout().size(),
                    blob.sidecar().layout().size());
            if (blob.read(disk, offset, target)) {
                return target.position() - start;
            }
        } catch (IOException e) {
            if (!SetAside.isOfTheFile(e)) {
                throw e;
            }
            throw unreadable(id, e);
        }
        throw changed(id);
    }

    /** A file that can no longer be read would be offered, and fail its readers, again and again. A seed file is its owner's. */
    private BlobMissingException unreadable(BlobId id, IOException cause) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            forget(id);
            Disk.Stat stat = disk.stat(paths.content(id));
            if (stat != null && stat.kind() == Disk.Kind.FILE) {
                aside.move(paths.content(id), cause.toString());
            }
        } finally {
            held.unlock();
        }
        return new BlobMissingException("blob " + id + " can no longer be read: " + cause);
    }

    /** The size of a blob as {@link BlobCache#sizeOfSmall} says. */
    int sizeOfSmall(BlobId id) throws IOException {
        Found known = intact.get(id);
        BlobCache.Seeded blob = known == null ? described(id) : null;
        BlobLayout layout = known != null ? known.sidecar.layout() : blob == null ? null : blob.layout();
        return layout == null || layout.leafCount() != 1 ? -1 : (int) layout.size();
    }

    /** Reads as {@link BlobCache#readSmall} says: no look at the file tells more of the bytes than their hash. */
    byte[] readSmall(BlobId id) throws IOException {
        Found known = intact.get(id);
        if (known == null) {
            known = look(id);
        }
        if (known == null || known.sidecar.layout().leafCount() != 1) {
            throw missing(id);
        }
        ByteBuffer content = ByteBuffer.allocate((int) known.sidecar.layout().size());
        try (SharedFile file = SharedFile.open(disk, known.path, Disk.Access.READ)) {
            file.readFully(content, 0);
        } catch (NoSuchFileException | EOFException e) {
            throw changed(id);
        } catch (IOException e) {
            if (!SetAside.isOfTheFile(e)) {
                throw e;
            }
            throw unreadable(id, e);
        }
        if (!BlobId.of(Sha256.newDigest().digest(content.array())).equals(id)) {
            dropIfFalse(id);
            throw changed(id);
        }
        return content.array();
    }

    /** A file that shows no trace of having been altered would be found, and fail its readers, again and again. */
    private void dropIfFalse(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            forget(id);
            Found found = find(id);
            if (found != null && !hashing.hash(found.path).id().equals(id)) {
                log.warn("{} was altered without a trace and is no longer listed as blob {}", found.path, id);
                intact.remove(id);
                disk.delete(paths.content(id));
            }
        } finally {
            held.unlock();
        }
    }

    private BlobMissingException changed(BlobId id) throws IOException {
        forget(id);
        look(id);
        return new BlobMissingException("blob " + id + " was changed on disk after it was hashed");
    }

    private @Nullable Found look(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            return find(id);
        } finally {
            held.unlock();
        }
    }

    /** Size and leaf hashes of a complete blob; null if it is not here. */
    BlobCache.@Nullable Seeded described(BlobId id) throws IOException {
        Disk.Stat stat = disk.stat(paths.content(id));
        if (stat == null) {
            forget(id);
            return null;
        }
        Found known = intact.get(id);
        if (known != null && known.sidecar.layout().leafCount() == 1 && isStill(known, stat)) {
            return known.sidecar.withoutLeaves();
        }
        BlobCache.Seeded kept = trees.get(id);
        if (kept != null && isOpen(id)) {
            return kept;
        }
        BlobLocks.Held held = locks.lock(id);
        try {
            Found found = find(id);
            if (found == null) {
                return null;
            }
            if (kept != null && kept.tree().root().equals(found.sidecar.root())) {
                return kept;
            }
            if (found.sidecar.layout().leafCount() == 1) {
                return found.sidecar.withoutLeaves();
            }
            BlobCache.Seeded blob = aside.readable(paths.tree(id), tree -> Sidecar.readAll(disk, tree, id));
            if (blob == null) {
                blob = rehash(id);
            }
            if (blob != null) {
                trees.put(blob);
            }
            return blob;
        } finally {
            held.unlock();
        }
    }

    /** Whether what was found is still what lies there. */
    private boolean isStill(Found known, Disk.Stat stat) throws IOException {
        BlobId id = known.sidecar.id();
        return switch (stat.kind()) {
            case FILE -> known.path.equals(paths.content(id)) && known.fits(stat);
            case LINK -> known.path.equals(seedOf(id)) && known.fits(disk.stat(known.path));
            case DIRECTORY, OTHER -> false;
        };
    }

    /** Whether the store's own file of a blob is the one that was hashed; deletes it if its bytes are others. */
    boolean isIntact(BlobId id, Disk.Stat stat) throws IOException {
        Found known = intact.get(id);
        if (known != null && known.fits(stat)) {
            return true;
        }
        BlobLocks.Held held = locks.lock(id);
        try {
            return find(id) != null;
        } finally {
            held.unlock();
        }
    }

    /** Whether a complete blob was here when it was last looked for. */
    boolean isKnown(BlobId id) {
        return intact.containsKey(id);
    }

    /** Where a complete blob lay when it was last looked for; null if it was not found. */
    @Nullable
    Path knownPath(BlobId id) {
        Found known = intact.get(id);
        return known == null ? null : known.path;
    }

    /** Whether a complete blob can be read. For the holder of its lock. */
    boolean contains(BlobId id) throws IOException {
        return find(id) != null;
    }

    /** A blob of one leaf was verified and lies at its place. Unless that can be looked at, it is hashed at its next use. For the holder of its lock. */
    void arrived(BlobCache.Seeded blob) {
        Path path = paths.content(blob.id());
        try {
            Disk.Stat stat = disk.stat(path);
            if (stat != null) {
                keep(new Found(Sidecar.of(blob, Sidecar.Stamp.ofOwn(stat)), path));
            }
        } catch (IOException e) {
            log.debug("{} cannot be looked at", path, e);
        }
    }

    /** Closes the blob's file when its readers are done, and looks at the disk again at the next call. */
    void forget(BlobId id) throws IOException {
        OpenBlob blob;
        synchronized (lock) {
            blob = open.remove(id);
        }
        trees.remove(id);
        intact.remove(id);
        if (blob != null) {
            blob.file().retire();
        }
    }

    /** Where a seed link leads. */
    Path seedOf(BlobId id) throws IOException {
        return paths.blobs.resolve(disk.readLink(paths.content(id))).normalize();
    }

    /** Closes all files at once. */
    void close() throws IOException {
        List<OpenBlob> all;
        synchronized (lock) {
            closed = true;
            all = new ArrayList<>(open.values());
            open.clear();
        }
        for (OpenBlob blob : all) {
            blob.file().close();
        }
    }

    private boolean isOpen(BlobId id) {
        synchronized (lock) {
            return open.containsKey(id);
        }
    }

    private OpenBlob borrow(BlobId id) throws IOException {
        synchronized (lock) {
            OpenBlob kept = open.get(id);
            if (kept != null && kept.file().acquire()) {
                return kept;
            }
        }
        BlobLocks.Held held = locks.lock(id);
        try {
            Found found = find(id);
            if (found == null) {
                throw missing(id);
            }
            OpenBlob blob = OpenBlob.open(disk, found.sidecar, found.path);
            keepOpen(id, blob);
            return blob;
        } catch (NoSuchFileException e) {
            throw missing(id);
        } finally {
            held.unlock();
        }
    }

    private static BlobMissingException missing(BlobId id) {
        return new BlobMissingException("blob " + id + " is not here");
    }

    private void keepOpen(BlobId id, OpenBlob blob) throws IOException {
        List<OpenBlob> surplus = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                surplus.add(blob);
            } else {
                OpenBlob before = open.put(id, blob);
                if (before != null) {
                    surplus.add(before);
                }
                Iterator<OpenBlob> eldest = open.values().iterator();
                while (open.size() > MAX_OPEN) {
                    surplus.add(eldest.next());
                    eldest.remove();
                }
            }
        }
        for (OpenBlob old : surplus) {
            old.file().retire();
        }
    }

    /** A complete blob on disk. */
    private record Found(Sidecar sidecar, Path path) {

        /** Whether the file is still the one that was found. */
        boolean fits(Disk.@Nullable Stat stat) {
            Sidecar.Stamp stamp = sidecar.stamp();
            return stamp != null && stamp.fits(stat);
        }
    }

    /** Looks for a complete blob and mends or drops what does not fit. For the holder of its lock. */
    private @Nullable Found find(BlobId id) throws IOException {
        Path path = paths.content(id);
        Disk.Stat stat = disk.stat(path);
        if (stat == null) {
            return null;
        }
        return switch (stat.kind()) {
            case FILE -> findOwn(id, path, stat);
            case LINK -> findSeed(id);
            case DIRECTORY, OTHER -> {
                aside.move(path, "it is no file");
                yield null;
            }
        };
    }

    private @Nullable Found findOwn(BlobId id, Path path, Disk.Stat stat) throws IOException {
        Found known = intact.get(id);
        if (known != null && known.path.equals(path) && known.fits(stat)) {
            return known;
        }
        if (stat.size() > 0 && stat.size() <= BlobLayout.LEAF_BYTES) {
            return findOneLeaf(id, path, stat, known != null);
        }
        Sidecar sidecar = head(id);
        Sidecar.Stamp stamp = sidecar == null ? null : sidecar.stamp();
        if (stamp == null || !stamp.fits(stat)) {
            sidecar = rehash(id) == null ? null : head(id);
        }
        if (sidecar == null || sidecar.stamp() == null) {
            return null;
        }
        return keep(new Found(sidecar, path));
    }

    /** Hashes a blob of one leaf anew: that takes no longer than reading its hash from another file. */
    private @Nullable Found findOneLeaf(BlobId id, Path path, Disk.Stat stat, boolean known) throws IOException {
        BlobCache.Seeded blob = aside.readable(path, file -> hashing.hash(file));
        if (blob == null) {
            forget(id);
            return null;
        }
        if (known || !blob.id().equals(id)) {
            log.warn("blob {} was changed on disk", id);
            forget(id);
        }
        if (!blob.id().equals(id)) {
            deleteFalse(path, blob.id());
            return null;
        }
        return keep(new Found(Sidecar.of(blob, Sidecar.Stamp.ofOwn(stat)), path));
    }

    private @Nullable Sidecar head(BlobId id) throws IOException {
        return aside.readable(paths.tree(id), tree -> Sidecar.read(disk, tree, id));
    }

    private Found keep(Found found) {
        intact.put(found.sidecar.id(), found);
        return found;
    }

    private void deleteFalse(Path path, BlobId actual) throws IOException {
        log.warn("file {} holds {} and not what it is named by; deleted", path, actual);
        disk.delete(path);
    }

    private @Nullable Found findSeed(BlobId id) throws IOException {
        Path seed = seedOf(id);
        Found known = intact.get(id);
        if (known != null && known.path.equals(seed) && known.fits(disk.stat(seed))) {
            return known;
        }
        Sidecar sidecar = head(id);
        Sidecar.Stamp stamp = sidecar == null ? null : sidecar.stamp();
        if (sidecar == null || stamp == null || !stamp.fits(disk.stat(seed))) {
            log.warn("seed file of blob {} is gone or was changed; its link is removed", id);
            disk.delete(paths.content(id));
            return null;
        }
        return keep(new Found(sidecar, seed));
    }

    /** Makes the leaf hashes of a blob again from its bytes; deletes bytes of another hash. */
    private BlobCache.@Nullable Seeded rehash(BlobId id) throws IOException {
        log.warn("blob {} was changed on disk, or its leaf hashes are missing or damaged; hashing it again", id);
        intact.remove(id);
        Path path = paths.content(id);
        Disk.Stat stat = disk.stat(path);
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            return null;
        }
        BlobCache.Seeded blob = aside.readable(path, file -> hashing.hash(file));
        forget(id);
        if (blob == null) {
            return null;
        }
        if (!blob.id().equals(id)) {
            deleteFalse(path, blob.id());
            return null;
        }
        Sidecar.write(disk, paths.tree(id), blob, Sidecar.Stamp.ofOwn(stat));
        return blob;
    }
}
