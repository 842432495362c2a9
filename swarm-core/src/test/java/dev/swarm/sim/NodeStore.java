package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.ManifestCrdt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one simulated node keeps: blobs and its manifest. Outlives the node's crashes. Confined. */
interface NodeStore {

    /**
     * A leaf on the line.
     *
     * @param bytes what it is; null where content is modelled
     * @param genuine whether modelled content is what it should be
     */
    record Leaf(@Nullable ByteBuffer bytes, boolean genuine) {
        static final Leaf MODELLED = new Leaf(null, true);
    }

    /** A process starts on what is there. */
    void start() throws IOException;

    /** Takes what was kept of the manifest into a new one. */
    void restore(ManifestCrdt manifest, EntryVerifier verifier, long epochMillis) throws IOException;

    /** Has the manifest on disk when it returns. */
    void keep(ManifestCrdt manifest) throws IOException;

    /** The process ends in this moment. */
    void crash();

    /** What all that is there takes. */
    long usedBytes();

    /** What is complete, each blob with the time since when. */
    Map<BlobId, Long> complete() throws IOException;

    /** Of what there are partial copies. */
    List<BlobId> partial() throws IOException;

    /** The leaves of a blob that can be read; null if there is nothing of it. */
    @Nullable
    LeafSet held(BlobId blob) throws IOException;

    /** The node's owner puts a blob there. */
    void seed(ModelledContent content, long epochMillis) throws IOException;

    /** Goes on with a blob, or begins it; the leaves that are there. */
    LeafSet open(BlobId blob, BlobLayout layout, HashTree tree) throws IOException;

    /** A leaf that is held. */
    Leaf read(BlobId blob, int leaf) throws IOException;

    /** Keeps a leaf of an open blob if it is what it should be; whether it is. */
    boolean write(BlobId blob, int leaf, Leaf data) throws IOException;

    /** Completes an open blob; whether the whole is what it is named by. */
    boolean commit(BlobId blob, long epochMillis) throws IOException;

    /** Closes a blob, if it is open, and keeps what is there. */
    void close(BlobId blob) throws IOException;

    void delete(BlobId blob) throws IOException;

    /** Deletes a partial copy of a blob that is not open. */
    void discard(BlobId blob) throws IOException;

    /** Moves a complete blob to the graveyard; whether it did. */
    boolean bury(BlobId blob) throws IOException;

    /** Whether the blob lay in the graveyard and is here again. */
    boolean revive(BlobId blob, long epochMillis) throws IOException;
}
