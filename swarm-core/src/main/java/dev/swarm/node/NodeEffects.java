package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;

/**
 * What a {@link NodeMachine} wants done in the world. Implemented by drivers.
 *
 * <p>Every call returns at once and never calls back into the machine before it has returned; what comes of it is reported to
 * the machine later, by the method that each effect names.
 */
public interface NodeEffects {

    /** Asks a peer; answered by {@link NodeMachine#watchAnswered} or {@link NodeMachine#watchFailed}. */
    void watch(PeerAddress peer, long ask, Watch.Question question);

    /** Sends a frame to a peer; answered by {@link NodeMachine#syncAnswered} or {@link NodeMachine#syncFailed}. */
    void sync(PeerAddress peer, long ask, SyncFrame frame);

    /** Fetches the deny list of a peer, which has a later one than this node; what comes of it, {@link NodeMachine#denyListInForce} tells. */
    void fetchDenyList(PeerAddress peer);

    /**
     * Fetches and verifies the leaf hashes of a blob; answered by {@link NodeMachine#treeAnswered} or
     * {@link NodeMachine#treeFailed}.
     */
    void fetchTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root);

    /** Reserves room and opens a partial copy; {@link NodeMachine#opened} or {@link NodeMachine#openFailed}. */
    void open(BlobId blob, BlobLayout layout, HashTree tree);

    /**
     * Fetches leaves of a blob that is open. Reported leaf by leaf by {@link NodeMachine#leafStored} and
     * {@link NodeMachine#leafRejected}, then once by {@link NodeMachine#fetchEnded}; by {@link NodeMachine#storeFailed} if
     * the disk takes no more.
     */
    void fetch(BlobId blob, dev.swarm.schedule.Scheduler.Fetch fetch);

    /** Gives up a fetch. {@link NodeMachine#fetchEnded} may still come and is ignored. */
    void cancelFetch(BlobId blob, long request);

    /**
     * Completes a blob whose leaves are all here; {@link NodeMachine#committed}, {@link NodeMachine#commitFailed} or
     * {@link NodeMachine#shapeIsFalse}.
     */
    void commit(BlobId blob);

    /**
     * Closes the partial copy of a blob and keeps it, or deletes it. One that is being opened is closed as soon as it is open, and
     * nothing more is told of it.
     */
    void close(BlobId blob, boolean delete);

    /** Deletes the partial copy of a blob of which nothing is being received. What is complete stays. */
    void discard(BlobId blob);

    /** Looks whether a blob that is wanted lies in the graveyard and brings it back; {@link NodeMachine#stored} if so. */
    void revive(BlobId blob);

    /**
     * Ends this node's own entry of a blob, whose retention is over.
     *
     * @param clock the entry's; a newer one is left alone
     */
    void retire(BlobId blob, HybridTimestamp clock);

    /**
     * Ends, in this operator's name, a blob that others published and did not end though its retention has long been over. Nothing
     * unless implemented: only nodes whose {@link NodeRules#endsOthers} says so come to it.
     *
     * @param newest the latest clock of its entries; if one is newer by then, or this node has one of its own, nothing is ended
     */
    default void endLapsed(BlobId blob, HybridTimestamp newest) {}

    /**
     * Takes away what is here of a blob that was revoked, or whose retention is over.
     *
     * @param bury whether it goes to the graveyard, because this node seeded it, instead of being deleted
     */
    void evict(BlobId blob, boolean bury);

    /** From here on, or no longer, this machine is told by {@link NodeMachine#served} of every request for leaves of a blob. */
    void tellServed(BlobId blob, boolean tell);

    /** Answers a question that came in by {@link NodeMachine#watchAsked}. */
    void answerWatch(long exchange, Watch.Reply reply);

    /** Answers a frame that came in by {@link NodeMachine#syncAsked}. */
    void answerSync(long exchange, SyncFrame frame);

    /** Sends to the multicast group on a segment that {@link NodeMachine#located} named. */
    void announce(String segment, Announcement announcement);

    /** How long the network takes to a peer and back, at best, in nanoseconds; 0 if it is not known. Answered at once. */
    long roundTripNanos(PeerAddress peer);

    /**
     * Whether no content of blobs that peers asked for waits to be sent. Answered at once; {@link NodeMachine#advance} is called soon after this has
     * become so.
     */
    boolean isUplinkIdle();

    /** Whether so much that came in waits to be written that no more is let in for now. Answered at once. */
    default boolean storeIsBehind() {
        return false;
    }

    /** A peer is left alone from here on for what it sent; told again if more of that comes in. */
    default void banned(PeerAddress peer) {}

    /** The manifest changed: it is to be kept on disk, and whoever listens is to be told. */
    void manifestChanged();
}
