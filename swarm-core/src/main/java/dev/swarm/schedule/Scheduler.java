package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides how one blob is fetched: which leaves, from whom, how many at once. Implemented by swarm only; methods may be
 * added.
 *
 * <p>Pure: reads no clock and sends nothing. Confined to one thread. Times are nanoseconds of the caller's ticker. The caller
 * reports what happens and then asks {@link #next} for what to do about it.
 */
public interface Scheduler {

    /**
     * A scheduler for one blob.
     *
     * @param self this node's name, which decides the share it fetches from a lone seeder
     * @param layout the blob's division
     * @param held the leaves that are here already; copied
     * @param random breaks ties
     */
    static Scheduler create(PeerId self, BlobLayout layout, LeafSet held, RandomGenerator random) {
        return new RarestFirstScheduler(self, layout, held, random);
    }

    /**
     * A peer holds these leaves: it is new, or its earlier report is replaced. {@code leaves} is kept and not to change but by what
     * {@link #peerHoldsMore} is told of.
     */
    void peerHolds(PeerAddress peer, PeerId id, LeafSet leaves, long now);

    /**
     * A peer holds more than it said before, though not everything.
     *
     * @param more leaves that the caller added to the set that {@link #peerHolds} kept since the last call about this peer
     */
    void peerHoldsMore(PeerAddress peer, PeerId id, int[] more, long now);

    /** Whether a peer gives what it was said to hold to this node alone, so that nothing else is more urgent. */
    void peerLeases(PeerAddress peer, boolean leases);

    /** A peer had nothing to send when it said what it holds. Holds until it is asked or says so anew. */
    void peerIsIdle(PeerAddress peer);

    /** How long the network takes to a peer and back, in nanoseconds, or 0 if that is not known. Sizes what is in flight. */
    void roundTrip(PeerAddress peer, long nanos);

    /** A peer is not to be asked any more. Its open requests are taken as failed. */
    void peerGone(PeerAddress peer);

    /** A leaf came in, matched its hash and is stored. */
    void leafStored(long request, int leaf, long now);

    /** Some bytes of a leaf that a request is for came in. */
    void bytesArrived(long request, long now);

    /** A leaf that came in did not match. The request goes on. */
    void leafRejected(long request, int leaf);

    /** A request ended and nothing more of it will come. Leaves that did not come in are asked for again. */
    void requestEnded(long request, Ending ending, long now);

    /** The requests to send at this moment; they count as sent. */
    List<Fetch> next(long now);

    /** Requests that are too late or not needed any more; the caller cancels them. They count as ended. */
    List<Long> overdue(long now);

    /** When {@link #next} or {@link #overdue} may say something new without any report; {@link Long#MAX_VALUE} for never. */
    long wakeAt(long now);

    /** The leaves that are here: for a look before the next call, not to be kept nor changed. */
    LeafSet held();

    /** How many leaves are here. */
    int heldCount();

    /** Whether every leaf is here. */
    boolean isComplete();

    /** Bytes that came in more than once, for which one arrival was needed. */
    long duplicateBytes();

    /** How a request ended. */
    enum Ending {
        /** With all that was asked for. */
        COMPLETE,
        /** The peer does not hold it: it is not asked for these leaves until it reports them anew. */
        NOT_HELD,
        /** The connection broke, or it was too slow. */
        BROKEN
    }

    /**
     * One request for a run of leaves.
     *
     * @param request its number, unique within the scheduler
     * @param peer whom to ask
     * @param first first leaf
     * @param end one past the last leaf
     */
    record Fetch(long request, PeerAddress peer, int first, int end) {}
}
