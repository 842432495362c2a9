package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.ManifestSync;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The peers that this node keeps a standing question open at. Confined. */
final class Neighbourhood {

    /** Neighbours kept at most: enough that a random graph of any fleet is connected and a rare leaf is near. */
    static final int MAX_NEIGHBOURS = 24;

    /** An exchange of manifests that changed nothing is repeated after this, should the two still differ. */
    private static final long SETTLED_NANOS = 30_000_000_000L;

    private final PeerId self;
    private final int listenPort;
    private final PeerMap peers;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final Map<PeerAddress, Neighbour> neighbours = new LinkedHashMap<>();
    private final Map<Long, Neighbour> asks = new HashMap<>();
    private long nextAsk = 1;
    private boolean wantsChanged;

    Neighbourhood(PeerId self, int listenPort, PeerMap peers, NodeEffects effects, RandomGenerator random) {
        this.self = self;
        this.listenPort = listenPort;
        this.peers = peers;
        this.effects = effects;
        this.random = random;
    }

    /** One peer with what it last said. */
    static final class Neighbour {
        private final PeerAddress address;
        private final Map<BlobId, Integer> versions = new HashMap<>();
        private @Nullable PeerId id;
        private long watching;
        private boolean proven;
        private Fingerprint manifest = Fingerprint.ZERO;
        private long syncing;
        private @Nullable Fingerprint settledOwn;
        private @Nullable Fingerprint settledTheirs;
        private long settledAt;
        private int requests;

        Neighbour(PeerAddress address) {
            this.address = address;
        }

        /** Counts another request of the exchange under way; false when it has gone on for too long. */
        boolean mayGoOn() {
            return ++requests < ManifestSync.MAX_FRAMES / 2;
        }

        PeerAddress address() {
            return address;
        }

        Fingerprint manifest() {
            return manifest;
        }
    }

    /** A blob is wanted from here on: everyone is to say anew what he has of it. */
    void wants(BlobId blob) {
        neighbours.values().forEach(neighbour -> neighbour.versions.remove(blob));
        wantsChanged = true;
    }

    void wantsChanged() {
        wantsChanged = true;
    }

    int size() {
        return neighbours.size();
    }

    /** Fills up the neighbourhood and asks whom nothing is asked at present. */
    void advance(List<BlobId> wants, long now) {
        if (neighbours.size() < MAX_NEIGHBOURS) {
            for (BlobId blob : wants) {
                peers.holders(blob, now).forEach(this::admit);
            }
            if (neighbours.size() < MAX_NEIGHBOURS) {
                peers.sample(2 * MAX_NEIGHBOURS, now, random).forEach(this::admit);
            }
        }
        for (Neighbour neighbour : neighbours.values()) {
            if (neighbour.watching == 0 || (wantsChanged && neighbour.proven)) {
                ask(neighbour, wants);
            }
        }
        wantsChanged = false;
    }

    /** A neighbour answered; null if the answer belongs to a question that a newer one replaced. */
    @Nullable
    Neighbour answered(long ask, PeerId id, Watch.Reply reply, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour == null || !neighbours.containsKey(neighbour.address)) {
            return null;
        }
        peers.proven(neighbour.address, id, now);
        if (id.equals(self) || isDuplicate(neighbour, id)) {
            peers.spare(neighbour.address, now);
            drop(neighbour);
            return null;
        }
        neighbour.id = id;
        neighbour.proven = true;
        neighbour.manifest = reply.manifest();
        reply.shares().forEach(share -> neighbour.versions.put(share.blob(), share.version()));
        if (neighbour.watching == ask) {
            neighbour.watching = 0;
        }
        return neighbour;
    }

    /** A question failed; the neighbour that is one no longer, or null. */
    @Nullable
    PeerAddress failed(long ask, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour == null || !neighbours.containsKey(neighbour.address)) {
            return null;
        }
        if (neighbour.watching != ask && neighbour.watching != 0) {
            return null;
        }
        peers.failed(neighbour.address, now);
        drop(neighbour);
        return neighbour.address;
    }

    void leave(PeerAddress address) {
        Neighbour neighbour = neighbours.get(address);
        if (neighbour != null) {
            drop(neighbour);
        }
    }

    /** A neighbour whose manifest is known to differ from ours and with whom no exchange is under way. */
    List<Neighbour> differing(Fingerprint own, long now) {
        List<Neighbour> differing = new ArrayList<>();
        for (Neighbour neighbour : neighbours.values()) {
            boolean settled = own.equals(neighbour.settledOwn)
                    && neighbour.manifest.equals(neighbour.settledTheirs)
                    && now - neighbour.settledAt < SETTLED_NANOS;
            if (neighbour.proven && neighbour.syncing == 0 && !settled && !neighbour.manifest.equals(own)) {
                differing.add(neighbour);
            }
        }
        return differing;
    }

    long startSync(Neighbour neighbour) {
        neighbour.syncing = nextAsk++;
        neighbour.requests = 0;
        asks.put(neighbour.syncing, neighbour);
        return neighbour.syncing;
    }

    /** The neighbour that an exchange is under way with, or null if it is one no longer. */
    @Nullable
    Neighbour syncing(long ask) {
        Neighbour neighbour = asks.get(ask);
        return neighbour == null || neighbour.syncing != ask ? null : neighbour;
    }

    /** Ends an exchange; with the same digests it is not repeated soon. */
    void endSync(long ask, Fingerprint own, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour != null && neighbour.syncing == ask) {
            neighbour.syncing = 0;
            neighbour.settledOwn = own;
            neighbour.settledTheirs = neighbour.manifest;
            neighbour.settledAt = now;
        }
    }

    /** The addresses of neighbours that proved themselves, but for one. */
    List<PeerAddress> provenAddresses() {
        return neighbours.values().stream()
                .filter(neighbour -> neighbour.proven)
                .map(Neighbour::address)
                .toList();
    }

    Set<PeerAddress> addresses() {
        return neighbours.keySet();
    }

    private void admit(PeerAddress address) {
        if (neighbours.size() < MAX_NEIGHBOURS) {
            neighbours.computeIfAbsent(address, Neighbour::new);
        }
    }

    private boolean isDuplicate(Neighbour candidate, PeerId id) {
        return neighbours.values().stream().anyMatch(other -> other != candidate && id.equals(other.id));
    }

    private void ask(Neighbour neighbour, List<BlobId> blobs) {
        List<Watch.Want> wants = blobs.stream()
                .limit(Watch.MAX_WANTS)
                .map(blob -> new Watch.Want(blob, neighbour.versions.getOrDefault(blob, 0)))
                .toList();
        long number = nextAsk++;
        neighbour.watching = number;
        asks.put(number, neighbour);
        effects.watch(
                neighbour.address, number, new Watch.Question(listenPort, neighbour.proven, neighbour.manifest, wants));
    }

    private void drop(Neighbour neighbour) {
        neighbours.remove(neighbour.address);
        asks.values().removeIf(other -> other == neighbour);
    }
}
