package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerAddress;

/** Hears what changed in a node. Called on the node's loop, where it must not block, unless a method says otherwise. */
interface NodeListener {

    /** A blob became complete. */
    void completed(BlobId blob);

    /** A blob is about to be deleted. */
    void evicting(BlobId blob);

    /** An entry was added or replaced. */
    void manifestChanged();

    /** A peer that said it has a later deny list was asked for it. Called on a worker. */
    void denyListTold(PeerAddress peer, CollectingSink.Answer answer);
}
