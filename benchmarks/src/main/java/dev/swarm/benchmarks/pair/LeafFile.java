package dev.swarm.benchmarks.pair;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a receiver has to do beside receiving, in as little code as it takes: each leaf is checked against its hash and written,
 * the whole is hashed as its beginning grows, and at the end it is flushed to disk. Overwrites one file in place, so that its
 * pages are warm. Safe for many threads while leaves come in; they may come in any order.
 */
final class LeafFile implements AutoCloseable {

    private static final byte LEAF = 0;
    private static final int MAX_READ_BACK_PER_WRITE = 8;

    private final Content content;
    private final BlobLayout layout;
    private final byte[] hashes;
    private final FileChannel file;
    private final ThreadLocal<Check> checks = ThreadLocal.withInitial(Check::new);
    private final BitSet held = new BitSet();
    private final ReentrantLock wholeLock = new ReentrantLock();
    private final MessageDigest whole = sha256();
    private final ByteBuffer readBack = ByteBuffer.allocate(BlobLayout.LEAF_BYTES);
    private int next;

    LeafFile(Content content, Path path) throws IOException {
        this.content = content;
        this.layout = content.layout();
        this.hashes = new byte[layout.leafCount() * BlobId.BYTES];
        content.tree().encode().get(hashes);
        this.file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Forgets the transfer before; the file stays as it is. */
    void restart() {
        synchronized (held) {
            held.clear();
        }
        whole.reset();
        next = 0;
    }

    /** Takes one leaf, whose bytes are in an array. */
    void take(int leaf, ByteBuffer bytes) throws IOException {
        int start = bytes.position();
        if (!checks.get().matches(bytes, hashes, leaf * BlobId.BYTES)) {
            throw new IOException("leaf " + leaf + " does not match its hash");
        }
        long offset = layout.leafOffset(leaf);
        bytes.position(start);
        while (bytes.hasRemaining()) {
            file.write(bytes, offset + bytes.position() - start);
        }
        synchronized (held) {
            held.set(leaf);
        }
        if (wholeLock.tryLock()) {
            try {
                advance(leaf, bytes.position(start));
            } finally {
                wholeLock.unlock();
            }
        }
    }

    /** Ends a transfer of which every leaf was taken. */
    void finish() throws IOException {
        wholeLock.lock();
        try {
            while (next < layout.leafCount()) {
                readBack();
            }
            if (!BlobId.of(whole.digest()).equals(content.id())) {
                throw new IOException("the whole does not match its hash");
            }
        } finally {
            wholeLock.unlock();
        }
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void advance(int leaf, ByteBuffer bytes) throws IOException {
        if (leaf == next) {
            whole.update(bytes);
            next++;
        }
        for (int i = 0; i < MAX_READ_BACK_PER_WRITE && isHeld(next); i++) {
            readBack();
        }
    }

    private boolean isHeld(int leaf) {
        synchronized (held) {
            return held.get(leaf);
        }
    }

    private void readBack() throws IOException {
        readBack.clear().limit(layout.leafLength(next));
        while (readBack.hasRemaining()) {
            if (file.read(readBack, layout.leafOffset(next) + readBack.position()) < 0) {
                throw new IOException("leaf " + next + " is not in the file");
            }
        }
        whole.update(readBack.flip());
        next++;
    }

    /** A digest with room for its result. Confined to a thread. */
    private static final class Check {
        private final MessageDigest digest = sha256();
        private final byte[] result = new byte[BlobId.BYTES];

        boolean matches(ByteBuffer bytes, byte[] expected, int at) {
            digest.update(LEAF);
            digest.update(bytes);
            try {
                digest.digest(result, 0, result.length);
            } catch (DigestException e) {
                throw new IllegalStateException("a SHA-256 fits into " + result.length + " bytes", e);
            }
            return Arrays.equals(result, 0, result.length, expected, at, at + result.length);
        }
    }
}
