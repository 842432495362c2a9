package dev.swarm.peer;

import dev.swarm.blob.BlobId;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the others, and how far it believes it. Implemented by swarm only; methods may be added.
 *
 * <p>Pure: reads no clock and opens no socket. Confined to one thread. Times are nanoseconds of the caller's ticker.
 *
 * <p>Everything heard is a hint until a connection proves it: hints never displace proven peers, are bounded in number, and
 * what they claim to hold counts only as a reason to ask.
 */
public interface PeerMap {

    /** Most peers kept. A hint over it displaces the hint that was heard longest ago, never a proven peer. */
    int DEFAULT_MAX_PEERS = 4_096;

    /** Lies after which a peer is not asked again for {@link #BAN_NANOS}. */
    int MAX_FALSE_LEAVES = 3;

    /** How long a peer is left alone that served false leaves: an hour. */
    long BAN_NANOS = 3_600_000_000_000L;

    /** A map for the node called {@code self}. */
    static PeerMap create(PeerId self, int maxPeers) {
        return new PeerTable(self, maxPeers);
    }

    /** Something said in this run that a node may listen at an address. Whether the address was new. */
    boolean hint(PeerAddress address, long now);

    /** As {@link #hint(PeerAddress, long)}, of whatever source. What the operator named is never displaced. */
    boolean hint(PeerAddress address, HintSource source, long now);

    /** Something said that a node holds some of a blob. Unknown addresses are hinted first. */
    void claim(PeerAddress address, BlobId blob, long now);

    /** A connection to the address proved that a member of this name listens there. */
    void proven(PeerAddress address, PeerId id, long now);

    /** A connection failed. The address is tried again after a time that doubles with each failure in a row, up to a bound. */
    void failed(PeerAddress address, long now);

    /**
     * The peer at this address is talked to at another of its addresses: it is left alone here for a while, or until that
     * other address fails.
     */
    void spare(PeerAddress address, long now);

    /** The peer served a leaf that matched its hash. */
    void servedLeaf(PeerAddress address);

    /** The peer served a leaf that did not match, or forged entries. Whether it was not banned before, and is from here on. */
    boolean servedFalseLeaf(PeerAddress address, long now);

    /**
     * Leaves the peer of this name at an address alone, as an earlier run found it to lie. Once that is over the address is a hint.
     *
     * @param nanos for how long, {@link #BAN_NANOS} at most
     */
    void ban(PeerAddress address, PeerId id, long nanos, long now);

    /** Drops every claim to hold a blob. */
    void forget(BlobId blob);

    /** What is known of the peer at an address, or null. */
    @Nullable
    PeerView peer(PeerAddress address, long now);

    /** Every peer, proven ones first, then by address. */
    List<PeerView> peers(long now);

    /** How many peers are known, proven or not. */
    int size();

    /** The peers said to hold a blob, those that may not be asked at present left out. */
    List<PeerAddress> holders(BlobId blob, long now);

    /**
     * Peers that may be asked at present, for probing and gossip: proven ones first, then hints, then those that failed when they were
     * asked last; in random order within each kind.
     *
     * @param most how many at most
     */
    List<PeerAddress> sample(int most, long now, RandomGenerator random);

    /**
     * Peers that may be asked at present by a node that has reached nobody: of each kind some, and among them those that the operator
     * named as often as all others. Those that failed come last, who failed least often first.
     *
     * @param most how many at most
     */
    List<PeerAddress> search(int most, long now, RandomGenerator random);

    /** The addresses named by the operator where nobody has proved itself yet, and may be asked at present. */
    List<PeerAddress> unmet(long now);

    /** Grows with every change after which other peers may be asked than before, time aside. */
    long changes();

    /** When the first peer that has to wait may be asked again, or {@link Long#MAX_VALUE}. */
    long nextRetry(long now);
}
