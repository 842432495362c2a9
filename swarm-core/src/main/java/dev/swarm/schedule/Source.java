package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import org.jspecify.annotations.Nullable;

/** A peer as one blob's scheduler sees it: what it holds, how fast it is, what it was asked for. Confined. */
final class Source {

    /** Asked for at once from a peer of unknown speed; doubles with each round trip until the line is full. */
    private static final long FIRST_WINDOW_BYTES = 128L << 10;

    /** Most asked for at once: what 1.2 GB/s deliver in 13 ms, and a bound on what waits in the other node. */
    private static final long MAX_WINDOW_BYTES = 16L << 20;

    /**
     * A window holds what the peer delivers in this time at least, so that short waits of either end leave no gap. What is asked
     * for waits for its turn at the other end, and with it the news of it: with 100 ms, two hundred simulated nodes need a tenth
     * longer, and with 25 ms as long as with 40.
     */
    private static final double WINDOW_SECONDS = 0.04;

    /**
     * Round trips that a window holds: the second lets the measured rate double with each trip until the line is full
     * (as the start-up gain of BBR, Cardwell et al. 2016).
     */
    private static final double WINDOW_ROUND_TRIPS = 2;

    /**
     * A unit that is more than a quarter of the window is to come in this time. Each request costs both ends processor time: with two and
     * a half leaves in one, eight nodes on two processors needed a fifth less of it.
     */
    private static final double RUN_SECONDS = 0.25;

    /** Weight of the newest measurement; a change of speed shows within some ten leaves. */
    private static final double RATE_WEIGHT = 0.2;

    /** A pause after a request that broke, doubled with each in a row up to 16 times this. */
    private static final long PAUSE_NANOS = 500_000_000L;

    /** After more that broke in a row a pause is not ended by what the peer says: its reports may go on while what it gives is useless. */
    private static final int MAX_FORGIVEN = 2;

    private final PeerAddress address;
    private PeerId id;
    private LeafSet holds = LeafSet.none(0);
    private boolean holdsOwnCopy;
    private int useSeen;
    private int noUseSince = -1;
    private Wanters.@Nullable Peer wanter;
    private boolean full;
    private boolean leasing;
    private boolean far;
    private boolean idle;
    private long inFlightBytes;
    private double bytesPerSecond;
    private long roundTripNanos;
    private long measuredFrom;
    private long measuredBytes;
    private long lastArrival;
    private long lastBytes;
    private long pausedUntil = Long.MIN_VALUE;
    private int broken;
    private boolean lacking;

    Source(PeerAddress address, PeerId id, long now) {
        this.address = address;
        this.id = id;
        this.measuredFrom = now;
        this.lastArrival = now;
        this.lastBytes = now;
    }

    PeerAddress address() {
        return address;
    }

    PeerId id() {
        return id;
    }

    LeafSet holds() {
        return holds;
    }

    /** Says anew what it holds; {@code leaves} is kept, and changed by nobody but the owner, by what {@link #reportMore} is told of. */
    void report(PeerId newId, LeafSet leaves) {
        id = newId;
        holds = leaves;
        holdsOwnCopy = false;
        noUseSince = -1;
        full = leaves.isFull();
    }

    /** Says what it holds beside what it said before, not all that there is; the kept set has it already. */
    void reportMore(PeerId newId, int[] more) {
        id = newId;
        noUseSince = -1;
        if (holdsOwnCopy) {
            for (int leaf : more) {
                holds.add(leaf);
            }
        }
    }

    void withdraw(int leaf) {
        if (!holdsOwnCopy) {
            holds = holds.copy();
            holdsOwnCopy = true;
        }
        holds.remove(leaf);
        full = false;
    }

    /** The peer among those that want the blob, as far as that was looked up. */
    Wanters.@Nullable Peer wanter() {
        return wanter;
    }

    void wanter(Wanters.Peer peer) {
        wanter = peer;
    }

    /** A leaf of its that was missing and not asked for when that was last looked for; where to begin the next time. */
    int useSeen() {
        return useSeen;
    }

    /** Such a leaf was found, or none with -1, when {@code wantedGrew} was what the scheduler counts. */
    void sawUse(int leaf, int wantedGrew) {
        if (leaf >= 0) {
            useSeen = leaf;
        } else {
            noUseSince = wantedGrew;
        }
    }

    /** Whether there was no such leaf, and neither what it holds nor what is wanted has grown since. */
    boolean isOfNoUse(int wantedGrew) {
        return noUseSince == wantedGrew;
    }

    void leases(boolean isLeasing) {
        leasing = isLeasing;
    }

    /** Whether what it holds is meant for this node alone. */
    boolean isLeasing() {
        return leasing;
    }

    /** It is far away, or no longer. */
    void far(boolean isFar) {
        far = isFar;
    }

    /** Whether it is so far away that who is near this node takes what it has from there once. */
    boolean isFar() {
        return far;
    }

    /** It has nothing to send, or may have. */
    void idle(boolean isIdle) {
        idle = isIdle;
    }

    /** Whether it had nothing to send when it reported, and was not asked since. */
    boolean isIdle() {
        return idle;
    }

    /** Whether it is one of the few that are asked at a time from far away. Who leases gives to this node alone, beside all others. */
    boolean countsAsFar() {
        return far && !leasing;
    }

    boolean isFull() {
        return full;
    }

    double bytesPerSecond() {
        return bytesPerSecond;
    }

    /** What the network takes there and back; 0 if that is not known. */
    long roundTripNanos() {
        return roundTripNanos;
    }

    /** How long it takes for so many bytes, as fast as it was of late. */
    double secondsToGive(long bytes) {
        return roundTripNanos / 1e9 + (bytesPerSecond == 0 ? 0 : bytes / bytesPerSecond);
    }

    boolean hasRoom(long now) {
        return inFlightBytes < windowBytes() && !isPaused(now);
    }

    boolean isPaused(long now) {
        return pausedUntil != Long.MIN_VALUE && now - pausedUntil < 0;
    }

    long pausedUntil() {
        return pausedUntil;
    }

    /** Whether it owes anything. */
    boolean isActive() {
        return inFlightBytes > 0;
    }

    long inFlightBytes() {
        return inFlightBytes;
    }

    /**
     * Where a run of leaves from a first one ends at the latest: a quarter of the window further, so that four requests follow each
     * other, or with the unit that the first is in.
     *
     * @param unit leaves that are shared out together
     */
    int runEnd(int first, int unit) {
        int quarter = (int) Math.min(BlobLayout.LEAVES_PER_CHUNK, windowBytes() / 4 / BlobLayout.LEAF_BYTES);
        int soon = (int) Math.min(unit - first % unit, bytesPerSecond * RUN_SECONDS / BlobLayout.LEAF_BYTES);
        return first + Math.max(1, Math.max(quarter, soon));
    }

    /** Sets what the network takes, without what waits in queues on the way: that would grow with every byte asked for. */
    void roundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    /** Bytes to have asked for at once: rate times round trip, within bounds. */
    long windowBytes() {
        if (bytesPerSecond == 0) {
            return far ? BlobLayout.LEAF_BYTES : FIRST_WINDOW_BYTES;
        }
        double seconds = Math.max(WINDOW_SECONDS, WINDOW_ROUND_TRIPS * roundTripNanos / 1e9);
        return Math.max(BlobLayout.LEAF_BYTES, Math.min(MAX_WINDOW_BYTES, (long) (bytesPerSecond * seconds)));
    }

    void asked(long bytes, long now) {
        idle = false;
        if (inFlightBytes == 0) {
            measuredFrom = now;
            measuredBytes = 0;
            lastArrival = now;
        }
        inFlightBytes += bytes;
    }

    void arrived(long bytes, long now) {
        lastArrival = now;
        broken = 0;
        lacking = false;
        pausedUntil = Long.MIN_VALUE;
        measuredBytes += bytes;
        long elapsed = now - measuredFrom;
        if (elapsed >= 5_000_000L) {
            double rate = measuredBytes * 1e9 / elapsed;
            bytesPerSecond = bytesPerSecond == 0 ? rate : bytesPerSecond + RATE_WEIGHT * (rate - bytesPerSecond);
            measuredFrom = now;
            measuredBytes = 0;
        }
    }

    /** Some bytes of a leaf came from it. */
    void bytesArrived(long now) {
        lastBytes = now;
    }

    /** When it gave anything last, or was asked while it owed nothing. */
    long lastBytes() {
        return Math.max(lastArrival, lastBytes);
    }

    void settled(long bytes) {
        inFlightBytes -= bytes;
    }

    /** Its requests broke: many at once are one misfortune, not many. */
    void broke(long now) {
        if (!isPaused(now)) {
            pausedUntil = now + (PAUSE_NANOS << Math.min(broken, 4));
            broken++;
        }
    }

    /** It does not have what it claimed. */
    void lacked(long now) {
        broke(now);
        lacking = true;
    }

    /** It spoke of itself: what broke of late, as while it was not there, may hold now. What it claims without having it is another matter. */
    void spoke() {
        if (!lacking && broken <= MAX_FORGIVEN) {
            pausedUntil = Long.MIN_VALUE;
        }
    }

    /** When a whole leaf came from it last, or it was asked while it owed nothing. */
    long lastArrival() {
        return lastArrival;
    }
}
