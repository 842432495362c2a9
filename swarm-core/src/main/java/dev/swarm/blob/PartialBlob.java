package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A blob while it is received. Implemented by swarm only.
 *
 * <p>Leaves may be written from several threads at once; {@link #commit} when all writes have returned. Blocks on disk.
 */
public interface PartialBlob extends AutoCloseable {

    /** The leaves that are here and verified: the caller's own copy. */
    LeafSet held();

    /**
     * Checks a leaf against its hash and, if it matches, writes it and makes it readable through
     * {@link BlobCache#read}. A leaf that is here already is left alone.
     *
     * @param leaf its index
     * @param data exactly the leaf's bytes; its position moves to its limit
     * @return whether it matched; if not, nothing is kept of it
     * @throws IOException if the disk fails; what was verified before stays
     */
    boolean write(int leaf, ByteBuffer data) throws IOException;

    /**
     * Checks the only leaf of a blob and keeps it as {@link #write} does.
     *
     * @param leaf exactly its bytes; they belong to this from the call on and are not copied
     * @return as {@link #write}
     * @throws IOException as {@link #write}
     */
    default boolean take(byte[] leaf) throws IOException {
        return write(0, ByteBuffer.wrap(leaf));
    }

    /**
     * Has every byte that was written so far on disk when it returns, so that {@link #commit} finds little left to flush. Writes may
     * go on meanwhile.
     *
     * @throws IOException if the disk fails; then the blob cannot be committed, and what is here is hashed again before its next use
     */
    void flushWritten() throws IOException;

    /**
     * Completes the blob: every byte on disk, the whole blob's SHA-256 checked, the file moved to its final name, the
     * directory on disk. Closes this.
     *
     * @return whether the whole matched its id; if not, the partial copy is deleted, as its tree was false
     * @throws IllegalStateException if leaves are missing
     * @throws IOException if the disk fails. After a failed fsync nothing is known of the bytes, so the partial copy is hashed
     *     again before its next use (Rebello et al., "Can Applications Recover from fsync Failures?", 2020)
     */
    boolean commit() throws IOException;

    /**
     * Completes the blob as {@link #commit} does, but may leave its name to the next {@link BlobCache#flush}, so that many small
     * blobs share one: a power failure before may take the blob back, whole.
     *
     * @return as {@link #commit}
     * @throws IllegalStateException if leaves are missing
     * @throws IOException as {@link #commit}
     */
    boolean commitUnflushed() throws IOException;

    /** Stops receiving and keeps what is here for a later {@link BlobCache#receive}. Repeated calls do nothing. */
    @Override
    void close() throws IOException;
}
