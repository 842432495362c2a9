package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peers that still want a blob, and how what only seeders hold is shared out among them and this node. Confined. */
final class Wanters {

    /** Who has less than this share of what this node has is too slow to leave a share to. */
    private static final double LAGGING = 0.5;

    /** Before so many leaves are here, nobody is called slow. */
    private static final int LEAVES_TO_JUDGE = 64;

    private final PeerId self;
    private final BlobLayout layout;

    /** Made when there is something to share, which for most nodes of a fleet is not before others are through. */
    private @Nullable Shares shares;

    private final Map<PeerId, Peer> peers = new HashMap<>();

    /** Those of the peers that want the blob. */
    private final List<Peer> wanting = new ArrayList<>();

    private int sharers;
    private boolean sharersMayDiffer;

    /** A peer that wants the blob, or wanted it and is still there. */
    static final class Peer {
        private final PeerId id;
        private boolean gone;
        private int count;
        private long tookAt;
        private boolean wants;
        private boolean far;
        private boolean shares;

        /** Whether what it takes can be had from there: it wants the blob, is near, and not too slow. */
        private boolean mayShare(int held) {
            return wants && !far && (held < LEAVES_TO_JUDGE || count >= LAGGING * held);
        }

        Peer(PeerId id) {
            this.id = id;
        }
    }

    Wanters(PeerId self, BlobLayout layout) {
        this.self = self;
        this.layout = layout;
    }

    /** A peer, to be spoken of until it is {@link #isGone}. */
    Peer peer(PeerId id) {
        return peers.computeIfAbsent(id, Peer::new);
    }

    /** Whether this stands for a peer no longer, as that went away since or has another name. */
    static boolean isGone(Peer peer, PeerId id) {
        return peer.gone || !peer.id.equals(id);
    }

    /** A peer has so many leaves, and, with {@code firstCopies}, some of which it was the first to take. */
    void has(Peer peer, int leaves, boolean firstCopies, long now) {
        if (!peer.wants || firstCopies) {
            peer.tookAt = now;
        }
        if (!peer.wants) {
            peer.wants = true;
            wanting.add(peer);
        }
        peer.count = leaves;
        sharersMayDiffer = true;
    }

    /** A peer is far away, or no longer. */
    void far(Peer peer, boolean far) {
        sharersMayDiffer |= peer.far != far;
        peer.far = far;
    }

    /** It has been looked anew who is far away: what is to be fetched from seeders is not shared with who is. */
    void distancesChanged(List<Source> sources) {
        for (Source source : sources) {
            Peer wanter = source.wanter();
            if (wanter != null) {
                far(wanter, source.isFar());
            }
        }
    }

    void wantsNoMore(Peer peer) {
        if (peer.wants) {
            peer.wants = false;
            wanting.remove(peer);
        }
        sharersMayDiffer = true;
    }

    void gone(PeerId id) {
        Peer peer = peers.remove(id);
        if (peer != null) {
            wantsNoMore(peer);
            peer.gone = true;
        }
        sharersMayDiffer = true;
    }

    /** Shares anew among those who are not so slow that others would wait for their share, where this node has so many leaves. */
    void shareAnew(int held) {
        if (!sharersMayDiffer) {
            return;
        }
        sharersMayDiffer = false;
        int count = 0;
        boolean known = true;
        for (int i = 0; i < wanting.size(); i++) {
            Peer peer = wanting.get(i);
            if (peer.mayShare(held)) {
                count++;
                known &= peer.shares;
            }
        }
        if (!known || count != sharers) {
            List<PeerId> others = new ArrayList<>();
            for (Peer peer : peers.values()) {
                peer.shares = peer.mayShare(held);
                if (peer.shares) {
                    others.add(peer.id);
                }
            }
            sharers = others.size();
            shares().share(others);
        }
    }

    private Shares shares() {
        Shares made = shares;
        if (made == null) {
            made = new Shares(self, layout);
            shares = made;
        }
        return made;
    }

    /** Whether there is anyone to share with. */
    boolean share() {
        return sharers > 0;
    }

    /** With how many others what only seeders hold is shared. */
    int sharers() {
        return sharers;
    }

    /** The leaves for which so many nodes come before this one. */
    LeafBits ofRank(int rank) {
        return shares().ofRank(rank);
    }

    /** Whether the owner of a leaf was not seen to take anything from a seeder for so long, if it is not this node. */
    boolean leave(int leaf, long patience, long now) {
        PeerId owner = shares().ownerOf(leaf);
        Peer peer = owner == null ? null : peers.get(owner);
        return owner == null || (peer == null ? 0 : now - peer.tookAt) >= patience;
    }
}
