package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each neighbour is told of the blobs that are here. Confined. */
final class Offers implements ParkedWatches.Holdings {

    private static final Logger log = LoggerFactory.getLogger(Offers.class);

    /** A blob that was given away is remembered so that it does not begin anew; beyond so many the memory is dropped. */
    private static final int MAX_GIVEN = 65_536;

    /**
     * Peers that are told what is here of one blob; others are told that there is nothing. What few nodes have, a whole fleet would
     * ask them for, each of a thousand waiting for its turn instead of turning to those that have it by then.
     */
    private static final int MAX_TOLD = 48;

    /**
     * The same until a blob has come in for {@link #AT_FIRST_NANOS}: as many as a node looks for. What came last is in few places, and
     * whoever hears of it here asks for it here: with 48 listeners some nodes give the same leaf away two dozen times while those
     * that have it by then idle. Two hundred simulated nodes need an eighth longer for 10 MiB then, and with 16 a tenth.
     */
    static final int MAX_TOLD_AT_FIRST = Neighbourhood.MAX_NEIGHBOURS - Neighbourhood.KEPT_FREE;

    /** Who joins later must not find everyone taken; and after half of this fifty nodes are not through with 10 MiB. */
    static final long AT_FIRST_NANOS = 1_000_000_000L;

    /**
     * Who is far away is told so much less often. Each asks for a leaf or two a second over a thin line there, of which reports to all
     * who are at one place would else take a tenth.
     */
    private static final long FAR_REPORT_DELAY_NANOS = 200_000_000L;

    private static final int MAX_REFUSED = 4_096;

    private final Lifecycle lifecycle;
    private final Neighbourhood neighbourhood;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final PeerId self;
    private final Map<BlobId, SuperSeeding> seedings = new HashMap<>();
    private final Set<BlobId> givenAway = new HashSet<>();
    private final Map<BlobId, Map<PeerId, Listener>> told = new HashMap<>();

    /** Peers that are told of nothing, and until when. */
    private final Map<PeerId, Long> refused = new HashMap<>();

    private @Nullable BlobId lastBlob;

    /** Who is told of that, if it was looked up. */
    private @Nullable Map<PeerId, Listener> lastAudience;

    /** The most peers that are told of one blob; negative if that has to be found. */
    private int listeners;

    /** When peers that were told that nothing is here may hear of it. */
    private long tellMoreAt = Long.MAX_VALUE;

    /** A peer that is told what is here of a blob. */
    private static final class Listener {
        /** The version of what it was told last, and the run of the transfer at that time; 0 for none. */
        private int version;

        private long run;
    }

    Offers(PeerId self, Lifecycle lifecycle, Neighbourhood neighbourhood, NodeEffects effects, RandomGenerator random) {
        this.self = self;
        this.lifecycle = lifecycle;
        this.neighbourhood = neighbourhood;
        this.effects = effects;
        this.random = random;
    }

    @Override
    public void asked(PeerId peer, List<Watch.Want> wants, long now) {
        Set<BlobId> wanted = wants.size() == 1
                ? Set.of(wants.get(0).blob())
                : wants.stream().map(Watch.Want::blob).collect(Collectors.toSet());
        leave(peer, wanted);
        if (isRefused(peer, now)) {
            return;
        }
        for (BlobId blob : wanted) {
            SuperSeeding seeding = seedings.get(blob);
            if (seeding == null && !givenAway.contains(blob)) {
                seeding = begin(blob);
            }
            if (seeding != null) {
                seeding.asked(peer, now);
            }
        }
    }

    @Override
    public void gone(PeerId peer) {
        leave(peer, Set.of());
    }

    private void leave(PeerId peer, Set<BlobId> but) {
        if (!seedings.isEmpty()) {
            seedings.forEach((blob, seeding) -> {
                if (!but.contains(blob)) {
                    seeding.gone(peer);
                }
            });
        }
        told.entrySet().removeIf(entry -> {
            boolean left = !but.contains(entry.getKey()) && entry.getValue().remove(peer) != null;
            listeners = left ? -1 : listeners;
            lastAudience = left ? null : lastAudience;
            return left && entry.getValue().isEmpty();
        });
    }

    /** Tells a peer of nothing that is here for so long: it gives nobody anything, and what it takes others wait for. */
    void refuse(PeerId peer, long nanos, long now) {
        refused.values().removeIf(until -> now - until >= 0);
        if (refused.size() < MAX_REFUSED) {
            refused.put(peer, now + nanos);
            leave(peer, Set.of());
        }
    }

    private boolean isRefused(PeerId peer, long now) {
        Long until = refused.isEmpty() ? null : refused.get(peer);
        return until != null && now - until < 0;
    }

    private Map<PeerId, Listener> audience(BlobId blob) {
        Map<PeerId, Listener> last = lastAudience;
        if (last == null || !blob.equals(lastBlob)) {
            last = told.computeIfAbsent(blob, id -> new HashMap<>());
            lastAudience = last;
            lastBlob = blob;
        }
        return last;
    }

    /** A peer among those that are told; null if there are too many. */
    private @Nullable Listener listener(PeerId peer, BlobId blob, long now) {
        Map<PeerId, Listener> audience = audience(blob);
        Listener known = audience.get(peer);
        if (known != null) {
            return known;
        }
        long left = AT_FIRST_NANOS - lifecycle.fetchingFor(blob, now);
        if (audience.size() >= (left > 0 ? MAX_TOLD_AT_FIRST : MAX_TOLD)) {
            if (left > 0) {
                tellMoreAt = Math.min(tellMoreAt, now + left);
            }
            return null;
        }
        Listener added = new Listener();
        audience.put(peer, added);
        listeners = listeners < 0 ? listeners : Math.max(listeners, audience.size());
        return added;
    }

    /** A peer is being given leaves that it asked for. Whether that may change what someone is told. */
    boolean served(PeerId peer, BlobId blob, int first, int end, long now) {
        SuperSeeding seeding = seedings.get(blob);
        if (seeding != null) {
            seeding.served(peer, first, end, now);
        }
        return seeding != null;
    }

    @Override
    public Watch.@Nullable Share news(PeerId peer, Watch.Want want, boolean takesMore, long now) {
        BlobId blob = want.blob();
        int held = lifecycle.countOf(blob);
        Listener listener = held < 0 || isRefused(peer, now) ? null : listener(peer, blob, now);
        boolean untold = held >= 0 && listener == null;
        SuperSeeding seeding = seedings.get(blob);
        if (seeding != null && !untold && held == seeding.leafCount()) {
            Watch.Share share = seeding.shareFor(peer, takesMore ? want.knownVersion() : 0, now);
            return share.version() == want.knownVersion() ? null : share;
        }
        if (want.knownVersion() == (untold ? 0 : held) + 1) {
            return null;
        }
        Watch.Share more = listener == null || !takesMore ? null : moreFor(listener, want);
        if (more != null) {
            return more;
        }
        LeafSet leaves = lifecycle.leavesOf(blob);
        Watch.Share all = Watch.Share.of(blob, untold && leaves != null ? LeafSet.none(leaves.leafCount()) : leaves);
        if (listener != null) {
            remember(listener, all);
        }
        return all;
    }

    /** What came since a peer was told last, if that is known; otherwise it has to be told everything. */
    private Watch.@Nullable Share moreFor(Listener listener, Watch.Want want) {
        Transfer transfer = lifecycle.transfer(want.blob());
        if (transfer == null || listener.version != want.knownVersion() || listener.run != transfer.fetchingSince()) {
            return null;
        }
        int[] more = transfer.cameSince(listener.version - 1);
        if (more == null) {
            return null;
        }
        Watch.Share share = Watch.Share.more(want.blob(), transfer.heldCount() + 1, more);
        remember(listener, share);
        return share;
    }

    private void remember(Listener listener, Watch.Share share) {
        Transfer transfer = lifecycle.transfer(share.blob());
        listener.version = share.version();
        listener.run = transfer == null ? 0 : transfer.fetchingSince();
    }

    @Override
    public long reportGap(long now) {
        if (listeners < 0) {
            listeners = told.values().stream().mapToInt(Map::size).max().orElse(0);
        }
        return lifecycle.reportGap(listeners, now);
    }

    @Override
    public long reportDelay(PeerAddress listens) {
        return neighbourhood.isFar(listens) ? FAR_REPORT_DELAY_NANOS : 0;
    }

    /** The blobs of which this node wants to hear what others have, though it needs nothing of them. */
    Set<BlobId> followed() {
        return seedings.keySet();
    }

    /** A peer told what it has of a blob. */
    void told(PeerId peer, Watch.Share share, long now) {
        SuperSeeding seeding = seedings.get(share.blob());
        if (seeding != null) {
            try {
                LeafSet leaves = share.extent() == Watch.Extent.MORE
                        ? LeafSet.of(seeding.leafCount(), share.moreLeaves(seeding.leafCount()))
                        : share.leaves(seeding.leafCount());
                if (leaves != null) {
                    seeding.holds(peer, leaves, now);
                }
            } catch (IllegalArgumentException e) {
                log.debug("report of {} on blob {} passed over: {}", peer, share.blob(), e.getMessage());
            }
        }
    }

    /** Ends what is over. Whether that, or mere time, may have changed what someone is told. */
    boolean advance(long now) {
        boolean changed = now >= tellMoreAt;
        tellMoreAt = changed ? Long.MAX_VALUE : tellMoreAt;
        if (seedings.isEmpty()) {
            return changed;
        }
        for (BlobId blob : List.copyOf(seedings.keySet())) {
            SuperSeeding seeding = Objects.requireNonNull(seedings.get(blob));
            boolean over = seeding.isOver(now);
            if (over || seeding.isForNobody()) {
                end(blob, over);
                changed = true;
            } else {
                changed |= seeding.isDue(now);
            }
        }
        return changed;
    }

    /** When {@link #advance} may have something to tell. */
    long wakeAt() {
        long wake = tellMoreAt;
        for (SuperSeeding seeding : seedings.values()) {
            wake = Math.min(wake, seeding.lookAt());
        }
        return wake;
    }

    private @Nullable SuperSeeding begin(BlobId blob) {
        BlobView view = lifecycle.countOf(blob) < SuperSeeding.LEAST_LEAVES ? null : lifecycle.ownSeed(blob);
        VerifiedEntry own = view == null ? null : view.activeEntryOf(self);
        if (view == null || own == null) {
            return null;
        }
        BlobLayout layout = new BlobLayout(own.entry().size());
        List<PeerId> authors = view.activeEntries().stream()
                .map(entry -> entry.entry().author())
                .sorted()
                .toList();
        SuperSeeding seeding =
                new SuperSeeding(blob, layout, -1 - random.nextInt(1 << 30), authors.indexOf(self), authors.size());
        seedings.put(blob, seeding);
        effects.tellServed(blob, true);
        neighbourhood.wants(blob);
        return seeding;
    }

    private void end(BlobId blob, boolean given) {
        seedings.remove(blob);
        effects.tellServed(blob, false);
        neighbourhood.wantsNoLonger(blob);
        if (given) {
            if (givenAway.size() >= MAX_GIVEN) {
                givenAway.clear();
            }
            givenAway.add(blob);
        }
    }
}
