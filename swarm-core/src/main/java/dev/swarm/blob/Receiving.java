package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blobs that are being received, and how they become complete. Safe for many threads. */
final class Receiving {

    private static final Logger log = LoggerFactory.getLogger(Receiving.class);

    private final Disk disk;
    private final StorePaths paths;
    private final BlobLocks locks;
    private final DirectoryFlush flush;
    private final CompleteBlobs complete;
    private final SetAside aside;
    private final Map<BlobId, Incoming> partials = new ConcurrentHashMap<>();

    /** Blobs of which a flush failed since the store was opened; for when the disk refuses the marker file as well. */
    private final Set<BlobId> suspects = ConcurrentHashMap.newKeySet();

    Receiving(Disk disk, StorePaths paths, BlobLocks locks, DirectoryFlush flush, CompleteBlobs complete) {
        this.disk = disk;
        this.paths = paths;
        this.locks = locks;
        this.flush = flush;
        this.complete = complete;
        this.aside = new SetAside(disk);
    }

    @Nullable
    Incoming get(BlobId id) {
        return partials.get(id);
    }

    /** Starts or resumes. For the holder of the blob's lock, who knows that the blob is not complete. */
    Incoming start(BlobCache.Seeded blob) throws IOException {
        if (partials.containsKey(blob.id())) {
            throw new IllegalStateException("blob " + blob.id() + " is being received already");
        }
        boolean suspect = suspects.contains(blob.id());
        Incoming partial = startsInMemory(blob, suspect) ? new OneLeaf(this, blob) : startOnDisk(blob, suspect);
        suspects.remove(blob.id());
        partials.put(blob.id(), partial);
        return partial;
    }

    private boolean startsInMemory(BlobCache.Seeded blob, boolean suspect) throws IOException {
        return blob.layout().leafCount() == 1 && !suspect && !disk.exists(paths.partial(blob.id()));
    }

    private PartialFile startOnDisk(BlobCache.Seeded blob, boolean suspect) throws IOException {
        return new PartialFile(this, blob, new PartialResume(disk, paths).start(blob, suspect));
    }

    /** Stops receiving and deletes what is here; whether anything was. For the holder of the blob's lock. */
    boolean drop(BlobId id) throws IOException {
        Incoming partial = partials.remove(id);
        if (partial != null) {
            partial.abandon();
        }
        suspects.remove(id);
        return StoreSweep.delete(disk, paths.partial(id));
    }

    /** Stops receiving and keeps what is here. */
    void stop(Incoming partial) throws IOException {
        BlobLocks.Held held = locks.lock(partial.id());
        try {
            if (partials.remove(partial.id(), partial)) {
                partial.abandon();
            }
        } finally {
            held.unlock();
        }
    }

    /** Ends all at once. */
    void close() throws IOException {
        for (Incoming partial : partials.values()) {
            partial.abandon();
        }
        partials.clear();
    }

    /** Flushes what is here of a blob that is still received. */
    void flushWritten(PartialFile partial) throws IOException {
        BlobLocks.Held held = locks.lock(partial.id());
        try {
            if (partial.equals(partials.get(partial.id()))) {
                flushData(partial);
            }
        } finally {
            held.unlock();
        }
    }

    /** Makes a partial blob complete, or fails; it is not received any more then. */
    boolean commit(PartialFile partial) throws IOException {
        BlobLocks.Held held = locks.lock(partial.id());
        try {
            partial.requireAll();
            try {
                if (suspects.contains(partial.id())) {
                    // The next flush may find nothing to write, though the pages of the failed one are lost.
                    throw unflushed(partial, null);
                }
                if (!partial.matchesWhole()) {
                    return refuse(partial);
                }
                flushData(partial);
                moveInto(partial);
                return true;
            } finally {
                if (partials.remove(partial.id(), partial)) {
                    partial.abandon();
                }
            }
        } finally {
            held.unlock();
        }
    }

    /**
     * Makes a blob that is in memory complete, or fails; it is not received any more then. Bytes, then the name, then the
     * directory: committers on other threads share the last, and those that do not ask for it wait for {@link BlobCache#flush}.
     */
    boolean commit(OneLeaf blob, boolean flushed) throws IOException {
        BlobId id = blob.id();
        BlobLocks.Held held = locks.lock(id);
        try {
            byte[] content = blob.content();
            blob.requireGoing();
            try {
                if (!BlobId.of(Sha256.newDigest().digest(content)).equals(id)) {
                    log.debug("blob {} does not have the hash it is named by, so its tree is false; deleted", id);
                    return false;
                }
                Path temporary = StorePaths.temporary(paths.content(id));
                try (SharedFile file = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
                    file.writeFully(ByteBuffer.wrap(content), 0);
                    file.force();
                } catch (IOException e) {
                    disk.delete(temporary);
                    throw e;
                }
                aside.rename(temporary, paths.content(id));
                complete.arrived(blob.described());
                if (flushed) {
                    flush.force();
                }
                return true;
            } finally {
                partials.remove(id, blob);
                blob.abandon();
            }
        } finally {
            held.unlock();
        }
    }

    private void moveInto(PartialFile partial) throws IOException {
        BlobId id = partial.id();
        if (disk.stat(paths.partialTree(id)) == null) {
            Sidecar.write(disk, paths.tree(id), partial.described(), null);
        } else {
            aside.rename(paths.partialTree(id), paths.tree(id));
        }
        aside.rename(paths.partialData(id), paths.content(id));
        stamp(partial);
        partials.remove(id, partial);
        partial.retire();
        flush.force();
        StoreSweep.discard(disk, paths.partial(id));
    }

    /** Without the stamp the bytes, which are in their place, are hashed at their next use. */
    private void stamp(PartialFile partial) {
        BlobId id = partial.id();
        try {
            Sidecar.stampOwn(disk, paths.tree(id), partial.described(), paths.content(id));
        } catch (IOException e) {
            log.warn("{} cannot be written: {}; blob {} is hashed again", paths.tree(id), e.toString(), id);
        }
    }

    private void flushData(PartialFile partial) throws IOException {
        try {
            partial.force();
        } catch (ClosedChannelException e) {
            // The store closes. What was not flushed is still in the system's hands.
            throw e;
        } catch (IOException e) {
            suspect(partial);
            throw unflushed(partial, e);
        }
    }

    private static IOException unflushed(PartialFile partial, @Nullable IOException cause) {
        return new IOException(
                "blob " + partial.id()
                        + " could not be flushed to disk; what is here is hashed again before its next use",
                cause);
    }

    /** The leaves match and the whole does not: either the tree is false, or the disk changed bytes. */
    private boolean refuse(PartialFile partial) throws IOException {
        if (!partial.readsBack()) {
            suspect(partial);
            throw new IOException("blob " + partial.id() + " reads differently from what was written; check the disk");
        }
        log.debug("blob {} does not have the hash it is named by, so its tree is false; deleted", partial.id());
        drop(partial.id());
        return false;
    }

    private void suspect(PartialFile partial) {
        suspects.add(partial.id());
        try {
            disk.open(paths.partialSuspect(partial.id()), Disk.Access.REPLACE).close();
        } catch (IOException e) {
            log.warn("partial copy of blob {} could not be marked as suspect: {}", partial.id(), e.toString());
        }
    }
}
