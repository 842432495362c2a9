package dev.swarm.driver;

import dev.swarm.blob.BlobId;

/** Hears what changed in a node. Called on the node's loop: it must not block. */
interface NodeListener {

    /** A blob became complete. */
    void completed(BlobId blob);

    /** A blob is about to be deleted. */
    void evicting(BlobId blob);

    /** An entry was added or replaced. */
    void manifestChanged();
}
