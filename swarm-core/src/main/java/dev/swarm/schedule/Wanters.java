package dev.swarm.schedule;

import dev.swarm.peer.PeerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The peers that still want a blob, and how what only seeders hold is shared out among them and this node. Confined. */
final class Wanters {

    /** Who has less than this share of what this node has is too slow to leave a share to. */
    private static final double LAGGING = 0.5;

    /** Before so many leaves are here, nobody is called slow. */
    private static final int LEAVES_TO_JUDGE = 64;

    private final Shares shares;
    private final Map<PeerId, Integer> counts = new HashMap<>();
    private final Map<PeerId, Long> tookAt = new HashMap<>();
    private Set<PeerId> sharers = Set.of();
    private boolean sharersMayDiffer;

    Wanters(PeerId self, int leaves) {
        this.shares = new Shares(self, leaves);
    }

    /** A peer has so many leaves, and, with {@code firstCopies}, some of which it was the first to take. */
    void has(PeerId peer, int leaves, boolean firstCopies, long now) {
        boolean isNew = counts.put(peer, leaves) == null;
        if (isNew || firstCopies) {
            tookAt.put(peer, now);
        }
        sharersMayDiffer = true;
    }

    void wantsNoMore(PeerId peer) {
        counts.remove(peer);
        sharersMayDiffer = true;
    }

    void gone(PeerId peer) {
        wantsNoMore(peer);
        tookAt.remove(peer);
    }

    /** Shares anew among those who are not so slow that others would wait for their share, where this node has so many leaves. */
    void shareAnew(int held) {
        if (!sharersMayDiffer) {
            return;
        }
        sharersMayDiffer = false;
        int count = 0;
        boolean known = true;
        for (Map.Entry<PeerId, Integer> entry : counts.entrySet()) {
            if (keepsUp(entry.getValue(), held)) {
                count++;
                known &= sharers.contains(entry.getKey());
            }
        }
        if (!known || count != sharers.size()) {
            Set<PeerId> others = new HashSet<>();
            counts.forEach((peer, has) -> {
                if (keepsUp(has, held)) {
                    others.add(peer);
                }
            });
            sharers = others;
            shares.share(others);
        }
    }

    private static boolean keepsUp(int has, int held) {
        return held < LEAVES_TO_JUDGE || has >= LAGGING * held;
    }

    /** Whether there is anyone to share with. */
    boolean share() {
        return !sharers.isEmpty();
    }

    /** The leaves for which so many nodes come before this one. */
    LeafBits ofRank(int rank) {
        return shares.ofRank(rank);
    }

    /** Whether the owner of a leaf was not seen to take anything from a seeder for so long, if it is not this node. */
    boolean leave(int leaf, long patience, long now) {
        PeerId owner = shares.ownerOf(leaf);
        return owner == null || now - tookAt.getOrDefault(owner, now) >= patience;
    }
}
