package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Hashes a blob in one pass over its bytes, however they are cut into buffers: the SHA-256 of the whole and of each leaf.
 * Good for one blob; confined to one thread.
 *
 * <p>No digest is fed more than a leaf at a time: in calls over about 1 MiB the JDK's SHA-256 is many times slower.
 */
public final class BlobHasher {

    private static final byte LEAF = 0;

    private final MessageDigest whole = Sha256.newDigest();
    private final MessageDigest leaf = Sha256.newDigest();
    private byte[] hashes = new byte[BlobLayout.LEAVES_PER_CHUNK * Sha256.BYTES];
    private int leaves;
    private int inLeaf;
    private long size;

    /** Starts with no bytes. */
    public BlobHasher() {}

    /**
     * Takes the next bytes; the position of {@code data} moves to its limit.
     *
     * @throws IllegalArgumentException if the blob gets larger than {@link BlobLayout#MAX_BLOB_BYTES}
     */
    public void update(ByteBuffer data) {
        if (data.remaining() > BlobLayout.MAX_BLOB_BYTES - size) {
            throw new IllegalArgumentException("a blob has at most " + BlobLayout.MAX_BLOB_BYTES + " bytes");
        }
        int limit = data.limit();
        while (data.position() < limit) {
            int start = data.position();
            int length = Math.min(limit - start, BlobLayout.LEAF_BYTES - inLeaf);
            data.limit(start + length);
            whole.update(data);
            if (inLeaf == 0) {
                leaf.update(LEAF);
            }
            leaf.update(data.position(start));
            data.limit(limit);
            size += length;
            inLeaf += length;
            if (inLeaf == BlobLayout.LEAF_BYTES) {
                endLeaf();
            }
        }
    }

    /** How many bytes were taken. */
    public long size() {
        return size;
    }

    /** Ends the blob. To be called once. */
    public BlobCache.Seeded finish() {
        if (inLeaf > 0) {
            endLeaf();
        }
        byte[] exact = hashes.length == leaves * Sha256.BYTES ? hashes : Arrays.copyOf(hashes, leaves * Sha256.BYTES);
        return new BlobCache.Seeded(BlobId.of(whole.digest()), new BlobLayout(size), HashTree.owning(exact));
    }

    private void endLeaf() {
        int at = leaves * Sha256.BYTES;
        if (at == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        }
        try {
            leaf.digest(hashes, at, Sha256.BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("a SHA-256 fits into " + Sha256.BYTES + " bytes", e);
        }
        leaves++;
        inLeaf = 0;
    }
}
