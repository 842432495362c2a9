package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob in its {@code .partial} directory while it is received. Safe for many threads.
 *
 * <p>A leaf goes through hash check, data file, journal and only then into the set of readable leaves, so whatever is readable
 * is verified and whatever the journal claims was written before.
 */
final class PartialFile implements Incoming {

    private static final Logger log = LoggerFactory.getLogger(PartialFile.class);

    private final Receiving owner;
    private final BlobId id;
    private final BlobLayout layout;
    private final HashTree tree;
    private final SharedFile data;
    private final LeafJournal journal;
    private final Frontier frontier;
    private final Object lock = new Object();

    /** Guarded by lock. */
    private final LeafSet held;

    /** A hasher that no thread is using at the moment, so that one writer after the other needs only one. */
    private final AtomicReference<@Nullable LeafHasher> spareHasher = new AtomicReference<>();

    PartialFile(Receiving owner, BlobCache.Seeded blob, PartialResume.Start start) {
        this.owner = owner;
        this.id = blob.id();
        this.layout = blob.layout();
        this.tree = blob.tree();
        this.data = start.data();
        this.journal = start.journal();
        this.frontier = start.frontier();
        this.held = start.held();
    }

    @Override
    public BlobId id() {
        return id;
    }

    @Override
    public BlobCache.Holding holding() {
        return new BlobCache.Holding(layout, tree, held(), false);
    }

    BlobCache.Seeded described() {
        return new BlobCache.Seeded(id, layout, tree);
    }

    @Override
    public LeafSet held() {
        synchronized (lock) {
            return held.copy();
        }
    }

    @Override
    public boolean write(int leaf, ByteBuffer bytes) throws IOException {
        int length = layout.leafLength(leaf);
        if (bytes.remaining() != length) {
            throw new IllegalArgumentException(
                    "leaf " + leaf + " of blob " + id + " has " + length + " bytes, not " + bytes.remaining());
        }
        boolean matches = matches(leaf, bytes);
        if (matches && !isHeld(leaf)) {
            keep(leaf, bytes.duplicate());
        }
        bytes.position(bytes.limit());
        return matches;
    }

    @Override
    public void flushWritten() throws IOException {
        owner.flushWritten(this);
    }

    @Override
    public boolean commit() throws IOException {
        return owner.commit(this);
    }

    /** Flushes, as what is left of the partial copy goes only after that. */
    @Override
    public boolean commitUnflushed() throws IOException {
        return owner.commit(this);
    }

    @Override
    public void close() throws IOException {
        owner.stop(this);
    }

    @Override
    public boolean holds(long from, long to) {
        int first = (int) (from / BlobLayout.LEAF_BYTES);
        int end = (int) ((to + BlobLayout.LEAF_BYTES - 1) / BlobLayout.LEAF_BYTES);
        synchronized (lock) {
            return held.containsRange(first, end);
        }
    }

    @Override
    public int read(long offset, ByteBuffer target, int length) throws IOException {
        if (!data.acquire()) {
            return -1;
        }
        int limit = target.limit();
        try {
            data.readFully(target.limit(target.position() + length), offset);
            return length;
        } finally {
            target.limit(limit);
            data.release();
        }
    }

    @Override
    public BlobLayout layout() {
        return layout;
    }

    /** Whether the whole has its hash. For when every leaf is here. */
    boolean matchesWhole() throws IOException {
        acquireData();
        try {
            return frontier.finish().equals(id);
        } finally {
            data.release();
        }
    }

    /** Returns when every byte is on disk. */
    void force() throws IOException {
        acquireData();
        try {
            data.force();
        } finally {
            data.release();
        }
    }

    /** Whether the disk gives back every leaf as it was verified. */
    boolean readsBack() throws IOException {
        LeafHasher hasher = new LeafHasher();
        ByteBuffer buffer = ByteBuffer.allocate(BlobLayout.LEAF_BYTES);
        acquireData();
        try {
            for (int leaf = 0; leaf < layout.leafCount(); leaf++) {
                data.readFully(buffer.clear().limit(layout.leafLength(leaf)), layout.leafOffset(leaf));
                if (!tree.matches(leaf, buffer.flip(), hasher)) {
                    return false;
                }
            }
            return true;
        } finally {
            data.release();
        }
    }

    /** Lets readers finish and takes no more of them. What was written is on disk already, so that closing proves nothing. */
    void retire() {
        try {
            journal.close();
            data.retire();
        } catch (IOException e) {
            log.debug("closing the partial copy of blob {} failed", id, e);
        }
    }

    @Override
    public void abandon() throws IOException {
        journal.close();
        data.close();
    }

    private boolean isHeld(int leaf) {
        synchronized (lock) {
            return held.contains(leaf);
        }
    }

    private boolean matches(int leaf, ByteBuffer bytes) {
        LeafHasher spare = spareHasher.getAndSet(null);
        LeafHasher hasher = spare == null ? new LeafHasher() : spare;
        boolean matches = tree.matches(leaf, bytes, hasher);
        spareHasher.set(hasher);
        return matches;
    }

    private void keep(int leaf, ByteBuffer bytes) throws IOException {
        int start = bytes.position();
        acquireData();
        try {
            data.writeFully(bytes, layout.leafOffset(leaf));
            journal.append(leaf);
            boolean isNew;
            synchronized (lock) {
                isNew = held.add(leaf);
            }
            if (isNew) {
                frontier.advance(leaf, bytes.position(start), this::isHeld);
            }
        } finally {
            data.release();
        }
    }

    private void acquireData() throws IOException {
        if (!data.acquire()) {
            throw new IOException("blob " + id + " is no longer being received");
        }
    }

    /** Fails if leaves are missing. */
    void requireAll() {
        synchronized (lock) {
            if (!held.isFull()) {
                throw new IllegalStateException("blob " + id + " has " + held + " leaves, cannot be completed");
            }
        }
    }
}
