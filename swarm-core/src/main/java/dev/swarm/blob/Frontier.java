package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of a blob's contiguous beginning, moved on while leaves arrive in any order.
 *
 * <p>A leaf that arrives just at the frontier is hashed from memory. Those that came before their turn are read back, most
 * likely from the page cache, a few at a time so that no writer pays for all the others. One thread at a time moves the
 * frontier; the rest go on without waiting, as whatever is left is done by {@link #finish}. Safe for many threads.
 */
final class Frontier {

    /** Hashing as many leaves takes about a quarter of a millisecond. */
    private static final int MAX_READ_BACK_PER_WRITE = 8;

    private final BlobLayout layout;
    private final SharedFile data;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final MessageDigest digest = Sha256.newDigest();
    private final ByteBuffer buffer;
    private int next;
    private @Nullable BlobId whole;

    Frontier(BlobLayout layout, SharedFile data) {
        this.layout = layout;
        this.data = data;
        this.buffer = ByteBuffer.allocate((int) Math.min(layout.size(), BlobLayout.LEAF_BYTES));
    }

    /** Takes a leaf that was just verified and written, and what is ready behind it. */
    void advance(int leaf, ByteBuffer bytes, IntPredicate held) throws IOException {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (leaf == next) {
                digest.update(bytes);
                next++;
            }
            for (int i = 0; i < MAX_READ_BACK_PER_WRITE && next < layout.leafCount() && held.test(next); i++) {
                readBack();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The hash of the whole, once every leaf is written. */
    BlobId finish() throws IOException {
        lock.lock();
        try {
            while (next < layout.leafCount()) {
                readBack();
            }
            if (whole == null) {
                whole = BlobId.of(digest.digest());
            }
            return whole;
        } finally {
            lock.unlock();
        }
    }

    private void readBack() throws IOException {
        buffer.clear().limit(layout.leafLength(next));
        data.readFully(buffer, layout.leafOffset(next));
        digest.update(buffer.flip());
        next++;
    }
}
