package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.Distance;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Whom a node turns to that receives something, as far as it knows how far away peers are ({@link Distance}).
 *
 * <p>Those near each other agree on who fetches what from far away, so each should know as many of them as it can. Of those far away a
 * few are enough, taken by chance so that not all are at one place. Confined.
 */
final class Nearest {

    /** Neighbours that are to be far away, if anyone is. */
    static final int FAR_PLACES = 4;

    /** Neighbours chosen because they are said to hold a blob that is wanted. A whole fleet may have heard of the same few. */
    private static final int MAX_HOLDERS = 8;

    /** Peers that are looked at, while nobody is known to be far away. */
    private static final int LOOKED_AT = 2 * Neighbourhood.MAX_NEIGHBOURS;

    private final PeerMap peers;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private List<PeerAddress> all = List.of();
    private final List<PeerAddress> near = new ArrayList<>();
    private final List<PeerAddress> others = new ArrayList<>();
    private final List<PeerAddress> farNeighbours = new ArrayList<>();
    private long nearest = Long.MAX_VALUE;
    private boolean someAreFar;

    Nearest(PeerMap peers, NodeEffects effects, RandomGenerator random) {
        this.peers = peers;
        this.effects = effects;
        this.random = random;
    }

    /** A peer answered. */
    void met(PeerAddress address) {
        nearest = Math.min(nearest, shortest(List.of(address)));
    }

    /** Whether a peer is known to be far away. */
    boolean isFar(PeerAddress address) {
        return Distance.isFar(effects.roundTripNanos(address), nearest);
    }

    private boolean isNear(PeerAddress address) {
        return effects.roundTripNanos(address) > 0 && !isFar(address);
    }

    /** Whether anyone was far away at the last look. */
    boolean someAreFar() {
        return someAreFar;
    }

    /** Looks at the peers anew. */
    void look(Set<PeerAddress> neighbours, Solitude solitude, long now) {
        int most = someAreFar ? Integer.MAX_VALUE : LOOKED_AT;
        all = solitude.isAlone() ? peers.search(most, now, random) : peers.sample(most, now, random);
        nearest = Math.min(shortest(all), shortest(neighbours));
        near.clear();
        others.clear();
        farNeighbours.clear();
        someAreFar = false;
        if (solitude.more() > 0) {
            return; // Whoever answers is near enough.
        }
        for (PeerAddress neighbour : neighbours) {
            if (isFar(neighbour)) {
                farNeighbours.add(neighbour);
            }
        }
        someAreFar = !farNeighbours.isEmpty();
        for (PeerAddress peer : all) {
            if (!neighbours.contains(peer)) {
                someAreFar |= isFar(peer);
                (isNear(peer) ? near : others).add(peer);
            }
        }
        if (someAreFar) {
            shuffle(others);
        }
    }

    private long shortest(Collection<PeerAddress> addresses) {
        long shortest = Long.MAX_VALUE;
        for (PeerAddress address : addresses) {
            long roundTrip = effects.roundTripNanos(address);
            shortest = roundTrip > 0 ? Math.min(shortest, roundTrip) : shortest;
        }
        return shortest;
    }

    /** Proven peers come first, and most of them may be at one place. */
    private void shuffle(List<PeerAddress> addresses) {
        for (int left = addresses.size(); left > 1; left--) {
            PeerAddress last = addresses.get(left - 1);
            addresses.set(left - 1, addresses.set(random.nextInt(left), last));
        }
    }

    /** Holders of a blob to make neighbours, near ones first; fewer if some are neighbours already. */
    List<PeerAddress> holders(BlobId blob, Set<PeerAddress> neighbours, long now) {
        List<PeerAddress> holders = new ArrayList<>(peers.holders(blob, now));
        int before = holders.size();
        holders.removeIf(neighbours::contains);
        shuffle(holders);
        holders.sort(Comparator.comparing(this::isFar));
        int most = Math.max(0, MAX_HOLDERS - (before - holders.size()));
        return holders.subList(0, Math.min(most, holders.size()));
    }

    /** Neighbours far away that are to be left for near ones, where there is room for so many more. */
    List<PeerAddress> givingWay(int places) {
        int tooMany = farNeighbours.size() - FAR_PLACES;
        int waiting = near.size() - places;
        return farNeighbours.subList(0, Math.max(0, Math.min(tooMany, waiting)));
    }

    /** Whom to make neighbours when nothing is received: anyone, so that the fleet is in one piece. */
    List<PeerAddress> inAnyOrder() {
        return all;
    }

    /** Whom to make neighbours, in this order, where there is room for so many; in any order if nobody is far away. */
    List<PeerAddress> inOrder(int places) {
        if (!someAreFar) {
            return all;
        }
        int first = Math.min(near.size(), Math.max(0, places - Math.max(0, FAR_PLACES - farNeighbours.size())));
        List<PeerAddress> ordered = new ArrayList<>(near.subList(0, first));
        ordered.addAll(others);
        ordered.addAll(near.subList(first, near.size()));
        return ordered;
    }
}
