package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which leaves this node fetches from seeders, and which it takes over, and when, should their owner not come to it. Found by
 * rendezvous hashing (Thaler and Ravishankar 1998), which needs no agreement beyond knowing each other. Confined.
 */
final class Shares {

    /** How many nodes may come before this one for a leaf until it makes no difference any more. */
    static final int RANKS = 5;

    private final int leaves;
    private final int unit;
    private final long own;
    private final int[] owners;
    private List<PeerId> others = List.of();
    private final LeafBits[] byRank = new LeafBits[RANKS];

    Shares(PeerId self, BlobLayout layout) {
        this.leaves = layout.leafCount();
        this.unit = layout.unitLeaves();
        this.own = salt(self);
        this.owners = new int[(leaves + unit - 1) / unit];
        for (int rank = 0; rank < RANKS; rank++) {
            byRank[rank] = new LeafBits(leaves);
        }
        share(List.of());
    }

    /** Shares anew between this node and others. */
    void share(Collection<PeerId> with) {
        others = List.copyOf(with);
        long[] salts = others.stream().mapToLong(Shares::salt).toArray();
        for (LeafBits set : byRank) {
            set.clear();
        }
        for (int number = 0; number < owners.length; number++) {
            long weight = weight(own, number);
            long most = weight;
            int ahead = 0;
            owners[number] = -1;
            for (int i = 0; i < salts.length; i++) {
                long other = weight(salts[i], number);
                ahead += Long.compareUnsigned(other, weight) > 0 ? 1 : 0;
                if (Long.compareUnsigned(other, most) > 0) {
                    most = other;
                    owners[number] = i;
                }
            }
            LeafBits set = byRank[Math.min(ahead, RANKS - 1)];
            for (int leaf = number * unit; leaf < Math.min(leaves, (number + 1) * unit); leaf++) {
                set.add(leaf);
            }
        }
    }

    /** Whose a leaf is; null if it is this node's own. */
    @Nullable
    PeerId ownerOf(int leaf) {
        int owner = owners[leaf / unit];
        return owner < 0 ? null : others.get(owner);
    }

    /** The leaves for which so many nodes come before this one; in the last rank also those for which more do. */
    LeafBits ofRank(int rank) {
        return byRank[rank];
    }

    private static long salt(PeerId id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.host().length(); i++) {
            hash = (hash ^ id.host().charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** A value that every node computes alike for a node and a unit (the finaliser of Steele et al., SplitMix64, 2014). */
    private static long weight(long salt, int unit) {
        long z = salt + unit * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
