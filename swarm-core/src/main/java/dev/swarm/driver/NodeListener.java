package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Answer;

/** Hears what changed in a node. Called on the node's loop, where it must not block, unless a method says otherwise. */
interface NodeListener {

    /** A blob became complete. */
    void completed(BlobId blob);

    /** A blob is about to be deleted. */
    void evicting(BlobId blob);

    /** This node's own entry of a blob has outlived its retention and is to be ended, unless it is newer than {@code clock}. */
    void retiring(BlobId blob, HybridTimestamp clock);

    /** What others published of a blob has long outlived its retention and is to be ended, unless any of it is newer than {@code newest}. */
    void endingLapsed(BlobId blob, HybridTimestamp newest);

    /** From here on, or no longer, the machine is to be told of requests for leaves of a blob. */
    void followingServed(BlobId blob, boolean follows);

    /** An entry was added or replaced. */
    void manifestChanged();

    /** A peer that said it has a later deny list was asked for it. Called on a worker. */
    void denyListTold(PeerAddress peer, Answer answer);
}
