package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A blob of one leaf while it is received: in memory until it is complete. Safe for many threads.
 *
 * <p>Nothing of it is worth keeping through a crash, so it needs no directory and no journal. Each file made and deleted on the way
 * would cost more than the bytes: ext4 looks through all recently deleted inodes when it makes the next one.
 */
final class OneLeaf implements Incoming {

    private final Receiving owner;
    private final BlobCache.Seeded blob;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile byte @Nullable [] content;

    OneLeaf(Receiving owner, BlobCache.Seeded blob) {
        this.owner = owner;
        this.blob = blob;
    }

    @Override
    public BlobId id() {
        return blob.id();
    }

    @Override
    public BlobLayout layout() {
        return blob.layout();
    }

    @Override
    public LeafSet held() {
        return content == null ? LeafSet.none(1) : LeafSet.all(1);
    }

    @Override
    public BlobCache.Holding holding() {
        return new BlobCache.Holding(blob.layout(), blob.tree(), held(), false);
    }

    @Override
    public boolean write(int leaf, ByteBuffer data) throws IOException {
        requireLength(blob.layout().leafLength(leaf), data.remaining());
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return take(bytes);
    }

    /** Nothing is written before the end. */
    @Override
    public void flushWritten() {}

    @Override
    public boolean take(byte[] leaf) throws IOException {
        requireLength(blob.layout().leafLength(0), leaf.length);
        requireGoing();
        boolean matches = blob.tree().matches(0, ByteBuffer.wrap(leaf));
        if (matches) {
            content = leaf;
        }
        return matches;
    }

    private void requireLength(int expected, int actual) {
        if (actual != expected) {
            throw new IllegalArgumentException("blob " + id() + " has " + expected + " bytes, not " + actual);
        }
    }

    @Override
    public boolean holds(long from, long to) {
        return content != null;
    }

    @Override
    public int read(long offset, ByteBuffer target, int length) {
        byte[] bytes = content;
        if (bytes == null || over.get()) {
            return -1;
        }
        target.put(bytes, (int) offset, length);
        return length;
    }

    @Override
    public boolean commit() throws IOException {
        return owner.commit(this, true);
    }

    @Override
    public boolean commitUnflushed() throws IOException {
        return owner.commit(this, false);
    }

    @Override
    public void close() throws IOException {
        owner.stop(this);
    }

    @Override
    public void abandon() {
        over.set(true);
    }

    BlobCache.Seeded described() {
        return blob;
    }

    /** The verified bytes. */
    byte[] content() {
        byte[] bytes = content;
        if (bytes == null) {
            throw new IllegalStateException("blob " + id() + " has 0/1 leaves, cannot be completed");
        }
        return bytes;
    }

    /** Fails once this was closed. */
    void requireGoing() throws IOException {
        if (over.get()) {
            throw new IOException("blob " + id() + " is no longer being received");
        }
    }
}
