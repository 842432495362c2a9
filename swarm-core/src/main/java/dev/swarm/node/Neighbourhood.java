package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.ManifestSync;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The peers that this node keeps a standing question open at. Confined.
 *
 * <p>Neighbourhood is mutual where there is room for it, so that one message settles what two nodes know of each other: who asks
 * is asked in turn.
 */
final class Neighbourhood {

    /** Neighbours kept while something is being received: enough that a rare leaf is near. */
    static final int MAX_NEIGHBOURS = 24;

    /**
     * Neighbours that this node chooses itself when nothing is received: a random graph in which each chooses four is in one
     * piece. Those that came by themselves do not count, or whoever comes first could have a node for itself. See {@link Solitude}.
     */
    static final int SOUGHT = 4;

    /** Places left, while something is being received, for those that come by themselves: who is known to few has few others. */
    static final int KEPT_FREE = 4;

    /** Neighbours kept when nothing is received, those included that came by themselves. */
    static final int MAX_IDLE = 9;

    /** Exchanges of manifests under way at once, and how far apart they begin: most of what one brings, the next would. */
    private static final int MAX_EXCHANGES = 3;

    private static final long EXCHANGE_SPACING_NANOS = 2_000_000_000L;

    /** Who compared manifests with this node is not asked to do so again for this long. */
    private static final long REST_NANOS = 1_000_000_000L;

    /**
     * Nor while its comparison goes on, unless it stays away for this long: verifying a frame of 800 entries takes a tenth of a
     * second, and over one on a machine with other work. Both would be brought, and verify, every entry twice.
     */
    private static final long BUSY_NANOS = 5_000_000_000L;

    /**
     * Who has fewer entries is left to compare for this long. In a fleet whose halves find together, nodes that are through would
     * else send what others are already receiving.
     */
    private static final long COURTESY_NANOS = 3_000_000_000L;

    /**
     * A neighbour that gives something after being silent for so long is asked anew: the line may have been cut, and TCP at either
     * end of the waiting question may be far into its back-off.
     */
    private static final long SILENCE_NANOS = 3_000_000_000L;

    /** That a neighbour is there, and what its clock says, is noted so often at most: reports come forty times as often. */
    private static final long REPEAT_NANOS = 1_000_000_000L;

    private final int listenPort;
    private final PeerId self;
    private final PeerMap peers;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final Nearest nearest;
    private final Stroll stroll;
    private final Solitude solitude = new Solitude();
    private final Map<PeerAddress, Neighbour> neighbours = new LinkedHashMap<>();
    private final Asks asks = new Asks();
    private long nextAsk = 1;
    private long lastExchange = Long.MIN_VALUE;
    private boolean wantsChanged;
    private boolean lookAgain = true;
    private boolean receives;
    private boolean lookedReceiving;
    private long lookedAtChanges;
    private long retryAt = Long.MAX_VALUE;
    private long exchangeAt = Long.MAX_VALUE;
    private long highestDenyList;

    /** Neighbours that may have to be asked. */
    private final List<Neighbour> toAsk = new ArrayList<>();

    /** When the first of these may be asked that answered too soon. */
    private long restsUntil = Long.MAX_VALUE;

    /** How many of the neighbours did not come by themselves. */
    private int sought;

    /** Whether some neighbour's manifest may have to be compared, so that a look at all of them is due. */
    private boolean someToCompare;

    Neighbourhood(PeerId self, int listenPort, PeerMap peers, NodeEffects effects, RandomGenerator random) {
        this.self = self;
        this.listenPort = listenPort;
        this.peers = peers;
        this.effects = effects;
        this.random = random;
        this.nearest = new Nearest(peers, effects, random);
        this.stroll = new Stroll(peers, random);
    }

    /** One peer with what it last said. */
    static final class Neighbour {
        private final PeerAddress address;
        private final SharesSaid said = new SharesSaid();
        private @Nullable PeerId id;
        private long watching;
        private boolean proven;
        private boolean came;
        private Standing standing = Standing.UNKNOWN;
        private long syncing;
        private @Nullable Fingerprint syncedFrom;
        private boolean leftOver;
        private final ComparedManifests compared = new ComparedManifests();
        private long restUntil = Long.MIN_VALUE;
        private long toldAt;
        private long heardAt;
        private long notedAt;
        private boolean askAnew;
        private boolean toCompare;
        private int requests;
        private boolean mayHaveToBeAsked;
        private final AskPace pace = new AskPace();

        Neighbour(PeerAddress address) {
            this.address = address;
        }

        SharesSaid said() {
            return said;
        }

        /** Whether that it is there, and what its clock says, was noted just now. */
        boolean isNoted(long now) {
            return proven && now - notedAt < REPEAT_NANOS;
        }

        /** Counts another request of the exchange under way; false when it has gone on for too long. */
        boolean mayGoOn() {
            return ++requests < ManifestSync.MAX_FRAMES / 2;
        }

        /** A frame of the exchange under way, of either side, had no room for all. */
        void leftSomethingOut() {
            leftOver = true;
        }

        PeerAddress address() {
            return address;
        }

        @Nullable
        PeerId id() {
            return id;
        }

        Fingerprint manifest() {
            return standing.manifest();
        }

        /** The number of the deny list that it has in force. */
        long denyList() {
            return standing.denyList();
        }

        /** Whether an exchange of manifests is under way. */
        boolean isComparing() {
            return syncing != 0;
        }

        private boolean mayDiffer(Fingerprint own, RecentChanges changes, long now) {
            return toCompare
                    && syncing == 0
                    && now >= restUntil
                    && !compared.areSettled(own, manifest(), now)
                    && !compared.isBehind(own, manifest(), changes);
        }

        /** Whether it is to compare with this node rather than this node with it, for the time being. */
        private boolean goesFirst(Standing own, long now) {
            return standing.entries() < own.entries() && now < toldAt + COURTESY_NANOS;
        }
    }

    /** A blob is wanted from here on: everyone is to say anew what he has of it. */
    void wants(BlobId blob) {
        neighbours.values().forEach(neighbour -> neighbour.said.forget(blob));
        wantsChanged = true;
    }

    /** A blob is here. */
    void wantsNoLonger(BlobId blob) {
        neighbours.values().forEach(neighbour -> neighbour.said.forget(blob));
    }

    void wantsChanged() {
        wantsChanged = true;
    }

    /** Whether this node looks for another neighbour. */
    boolean hasRoom(boolean receiving) {
        boolean mayHaveMost = receiving || neighbours.size() >= MAX_NEIGHBOURS;
        return mayHaveMost ? freePlaces() > 0 : sought < SOUGHT + solitude.more();
    }

    /** A peer asked this node. */
    void askedBy(PeerId id, PeerAddress listens, long now) {
        int most = receives ? MAX_NEIGHBOURS : MAX_IDLE + solitude.more();
        if (neighbours.size() < most
                && !neighbours.containsKey(listens)
                && neighbours.values().stream().noneMatch(neighbour -> id.equals(neighbour.id))) {
            meet(listens, now);
            Neighbour met = neighbours.get(listens);
            if (met != null) {
                sought -= met.came ? 0 : 1;
                met.came = true;
            }
        }
    }

    /** Makes a peer a neighbour, if there is any room at all and it may be asked. */
    void meet(PeerAddress address, long now) {
        PeerView peer = peers.peer(address, now);
        if (peer != null && peer.reachable()) {
            admit(address);
        }
    }

    /** Whether a peer is known to be far away. */
    boolean isFar(PeerAddress address) {
        return nearest.isFar(address);
    }

    boolean isNeighbour(PeerAddress address) {
        return neighbours.containsKey(address);
    }

    /**
     * Fills up the neighbourhood and asks whom nothing is asked at present.
     *
     * @param wants what is being received
     * @param followed what others are to tell of though it is here
     */
    void advance(List<BlobId> wants, Collection<BlobId> followed, Standing own, long now) {
        boolean receiving = !wants.isEmpty();
        receives = receiving || !followed.isEmpty();
        if ((hasRoom(receiving) || (receiving && nearest.someAreFar())) && mayFindOthers(receiving, now)) {
            wants.forEach(
                    blob -> nearest.holders(blob, neighbours.keySet(), now).forEach(this::admit));
            nearest.look(neighbours.keySet(), solitude, now);
            if (receiving) {
                nearest.givingWay(freePlaces()).forEach(this::leave);
            }
            Iterator<PeerAddress> others =
                    (receiving ? nearest.inOrder(freePlaces()) : nearest.inAnyOrder()).iterator();
            while (hasRoom(receiving) && others.hasNext()) {
                admit(others.next());
            }
            lookedAtChanges = peers.changes();
            lookedReceiving = receiving;
            lookAgain = false;
            retryAt = peers.nextRetry(now);
        }
        PeerAddress stranger = stroll.next(neighbours.keySet(), now);
        if (stranger != null && !solitude.isAlone()) {
            admit(stranger);
        }
        if (wantsChanged || !toAsk.isEmpty()) {
            askWhomToAsk(wants, followed, own, now);
        }
    }

    private void askWhomToAsk(List<BlobId> wants, Collection<BlobId> followed, Standing own, long now) {
        List<Neighbour> some = List.copyOf(wantsChanged ? neighbours.values() : toAsk);
        toAsk.forEach(neighbour -> neighbour.mayHaveToBeAsked = false);
        toAsk.clear();
        restsUntil = Long.MAX_VALUE;
        for (Neighbour neighbour : some) {
            if (neighbour.watching == 0 && !receives && isSpare(neighbour, own)) {
                drop(neighbour);
            } else if (neighbour.askAnew || (wantsChanged && neighbour.proven)) {
                ask(neighbour, wants, followed, own, now);
            } else if (neighbour.watching == 0 && now >= neighbour.pace.askAt()) {
                ask(neighbour, wants, followed, own, now);
            } else if (neighbour.watching == 0) {
                restsUntil = Math.min(restsUntil, neighbour.pace.askAt());
                mayHaveToAsk(neighbour);
            }
        }
        wantsChanged = false;
    }

    private int freePlaces() {
        return MAX_NEIGHBOURS - KEPT_FREE - neighbours.size();
    }

    /** Whether a look at the peers can find more than the last one did: it is not worth one at every leaf that comes in. */
    private boolean mayFindOthers(boolean receiving, long now) {
        return lookAgain
                || wantsChanged
                || receiving != lookedReceiving
                || peers.changes() != lookedAtChanges
                || (retryAt != Long.MAX_VALUE && now - retryAt >= 0);
    }

    /** When a peer that had to wait may be asked, if this node looks for neighbours; {@link Long#MAX_VALUE} for never. */
    long lookAt(boolean receiving) {
        return hasRoom(receiving) ? retryAt : Long.MAX_VALUE;
    }

    /**
     * Whether a neighbour may be left. One that this node chose is only if there are enough of these without it, as another would be chosen
     * in its place at once, and left as soon as it has answered, without end.
     */
    private boolean isSpare(Neighbour neighbour, Standing own) {
        return solitude.provenNeighbours() > MAX_IDLE
                && (neighbour.came || sought > SOUGHT)
                && neighbour.proven
                && neighbour.syncing == 0
                && neighbour.standing.equals(own);
    }

    /** The neighbour that a question was asked, if it is one still. */
    @Nullable
    Neighbour asked(long ask) {
        return asks.get(ask);
    }

    /**
     * A neighbour answered; null if the answer belongs to a question that a newer one replaced.
     *
     * @param own the digest of this node's manifest, which has the answer's news
     */
    @Nullable
    Neighbour answered(long ask, PeerId id, Watch.Reply reply, Fingerprint own, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour == null) {
            return null;
        }
        if (!neighbour.isNoted(now) || !id.equals(neighbour.id)) {
            neighbour.notedAt = now;
            peers.proven(neighbour.address, id, now);
            nearest.met(neighbour.address);
        }
        if (!id.equals(neighbour.id) && (id.equals(self) || isDuplicate(neighbour, id))) {
            peers.spare(neighbour.address, now);
            drop(neighbour);
            return null;
        }
        boolean news = !neighbour.proven || !reply.shares().isEmpty();
        if (!neighbour.proven) {
            solitude.met();
        }
        neighbour.id = id;
        neighbour.proven = true;
        neighbour.toldAt = now;
        neighbour.heardAt = now;
        neighbour.toCompare = !own.equals(reply.manifest());
        someToCompare |= neighbour.toCompare;
        Standing before = neighbour.standing;
        neighbour.standing = new Standing(reply.manifest(), reply.entries(), reply.denyList());
        highestDenyList = Math.max(highestDenyList, reply.denyList());
        for (Watch.Share share : reply.shares()) {
            neighbour.said.says(share.blob(), share.version());
        }
        if (neighbour.watching == ask) {
            neighbour.watching = 0;
            neighbour.pace.answered(news || !before.equals(neighbour.standing), now);
            mayHaveToAsk(neighbour);
        }
        return neighbour;
    }

    /** A peer gave a leaf. */
    void gave(PeerAddress address, long now) {
        Neighbour neighbour = neighbours.get(address);
        if (neighbour != null) {
            neighbour.askAnew |= neighbour.proven && now - neighbour.heardAt >= SILENCE_NANOS;
            if (neighbour.askAnew) {
                mayHaveToAsk(neighbour);
            }
            neighbour.heardAt = now;
        }
    }

    /** A question failed; the neighbour that is one no longer, or null. */
    @Nullable
    PeerAddress failed(long ask, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour == null) {
            return null;
        }
        if (neighbour.watching != ask && neighbour.watching != 0) {
            return null;
        }
        peers.failed(neighbour.address, now);
        drop(neighbour);
        solitude.failed(now - neighbour.pace.askedAt());
        return neighbour.address;
    }

    void leave(PeerAddress address) {
        Neighbour neighbour = neighbours.get(address);
        if (neighbour != null) {
            drop(neighbour);
        }
    }

    /**
     * A neighbour to compare manifests with now, or null: its manifest is known to differ, and may have what is missing here.
     *
     * @param changes what tells neighbours that are merely behind, who ask by themselves
     */
    @Nullable
    Neighbour toCompareWith(Standing own, RecentChanges changes, long now) {
        exchangeAt = Long.MAX_VALUE;
        if (!someToCompare) {
            return null;
        }
        List<Neighbour> differing = new ArrayList<>();
        int underWay = 0;
        someToCompare = false;
        for (Neighbour neighbour : neighbours.values()) {
            someToCompare |= neighbour.toCompare;
            underWay += neighbour.syncing == 0 ? 0 : 1;
            if (neighbour.mayDiffer(own.manifest(), changes, now)) {
                if (neighbour.goesFirst(own, now)) {
                    exchangeAt = Math.min(exchangeAt, neighbour.toldAt + COURTESY_NANOS);
                } else {
                    differing.add(neighbour);
                }
            }
        }
        if (differing.isEmpty() || underWay >= MAX_EXCHANGES) {
            return null;
        }
        if (underWay > 0 && now < lastExchange + EXCHANGE_SPACING_NANOS) {
            exchangeAt = Math.min(exchangeAt, lastExchange + EXCHANGE_SPACING_NANOS);
            return null;
        }
        return differing.get(random.nextInt(differing.size()));
    }

    /** When {@link #advance} or an exchange that has to wait is due. */
    long wakeAt() {
        long next = Math.min(stroll.dueAt(), exchangeAt);
        return toAsk.isEmpty() ? next : Math.min(next, restsUntil);
    }

    /**
     * Begins an exchange.
     *
     * @param own the digest of this node's manifest
     */
    long startSync(Neighbour neighbour, Fingerprint own, long now) {
        lastExchange = now;
        neighbour.syncedFrom = own;
        neighbour.leftOver = false;
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

    /**
     * Ends an exchange. With the same digests it is not repeated soon, but at once if it brought something and left out more: an
     * author's hundred thousand entries would else wait for one answer to a question after each five hundred.
     */
    void endSync(long ask, Fingerprint own, long now) {
        Neighbour neighbour = asks.remove(ask);
        if (neighbour != null && neighbour.syncing == ask) {
            neighbour.syncing = 0;
            neighbour.toCompare = neighbour.leftOver && !own.equals(neighbour.syncedFrom);
            if (neighbour.toCompare) {
                someToCompare = true;
                return;
            }
            neighbour.compared.settled(own, neighbour.manifest(), now);
        }
    }

    /** A peer compares manifests with this node, and is to come again if that goes on. */
    void comparedBy(PeerId id, boolean goesOn, long now) {
        for (Neighbour neighbour : neighbours.values()) {
            if (id.equals(neighbour.id)) {
                neighbour.restUntil = now + (goesOn ? BUSY_NANOS : REST_NANOS);
            }
        }
    }

    /** Where the neighbour of this name listens, or null. */
    @Nullable
    PeerAddress addressOf(PeerId id) {
        return neighbours.values().stream()
                .filter(neighbour -> id.equals(neighbour.id))
                .map(Neighbour::address)
                .findFirst()
                .orElse(null);
    }

    /** The highest number of a deny list that any neighbour, present or past, had in force. */
    long highestDenyList() {
        return highestDenyList;
    }

    /** The neighbours that proved themselves. */
    List<Neighbour> proven() {
        return neighbours.values().stream()
                .filter(neighbour -> neighbour.proven)
                .toList();
    }

    private void admit(PeerAddress address) {
        if (neighbours.size() < MAX_NEIGHBOURS) {
            Neighbour neighbour = neighbours.get(address);
            if (neighbour == null) {
                neighbour = new Neighbour(address);
                neighbours.put(address, neighbour);
                sought++;
            }
            mayHaveToAsk(neighbour);
        }
    }

    private void mayHaveToAsk(Neighbour neighbour) {
        if (!neighbour.mayHaveToBeAsked) {
            neighbour.mayHaveToBeAsked = true;
            toAsk.add(neighbour);
        }
    }

    private boolean isDuplicate(Neighbour candidate, PeerId id) {
        return neighbours.values().stream().anyMatch(other -> other != candidate && id.equals(other.id));
    }

    private void ask(Neighbour neighbour, List<BlobId> missing, Collection<BlobId> followed, Standing own, long now) {
        List<Watch.Want> wants = new ArrayList<>();
        missing.forEach(blob -> want(blob, neighbour, wants));
        followed.forEach(blob -> want(blob, neighbour, wants));
        long number = nextAsk++;
        neighbour.askAnew = false;
        neighbour.watching = number;
        neighbour.pace.asked(now);
        asks.put(number, neighbour);
        Watch.Question question = new Watch.Question(
                listenPort, neighbour.proven, own.manifest(), neighbour.manifest(), own.denyList(), wants, true);
        effects.watch(neighbour.address, number, question);
    }

    private static void want(BlobId blob, Neighbour neighbour, List<Watch.Want> wants) {
        if (wants.size() < Watch.MAX_WANTS) {
            wants.add(new Watch.Want(blob, neighbour.said.version(blob)));
        }
    }

    private void drop(Neighbour neighbour) {
        neighbours.remove(neighbour.address);
        if (neighbour.proven) {
            solitude.left();
        }
        sought -= neighbour.came ? 0 : 1;
        toAsk.remove(neighbour);
        neighbour.mayHaveToBeAsked = false;
        asks.forget(neighbour);
        lookAgain = true;
    }
}
