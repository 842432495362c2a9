package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.Label;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.MergeResult;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.HintSource;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import dev.swarm.schedule.Scheduler;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's decisions. Pure: no clock, socket, file or thread. Confined to one thread.
 *
 * <p>A driver tells it what happened, as often as it likes, then calls {@link #advance}, in which the machine says through
 * {@link NodeEffects} what is to be done, and {@link #wakeAt} for when to call again at the latest.
 */
public final class NodeMachine {

    private static final Logger log = LoggerFactory.getLogger(NodeMachine.class);

    /** Wait after a failure to open or commit before the next cycle is worth a try. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    /** A clock further ahead of the neighbours' than this is wrong: as far as an entry may lie in the future. */
    static final long MAX_AHEAD_MILLIS = 60_000;

    private final NodeRules rules;
    private final ManifestCrdt manifest;
    private final PeerMap peers;
    private final NodeEffects effects;
    private final Neighbourhood neighbourhood;
    private final Lifecycle lifecycle;
    private final Offers offers;
    private final Gossip gossip;
    private final Segments segments;
    private final WallClock wallClock;
    private Set<PeerAddress> ownAddresses = Set.of();
    private long nextCycle;
    private boolean started;
    private boolean stopped;

    /**
     * A node that knows nothing yet.
     *
     * @param manifest the machine's own from here on
     * @param peers the machine's own from here on
     */
    public NodeMachine(
            NodeRules rules, ManifestCrdt manifest, PeerMap peers, NodeEffects effects, RandomGenerator random) {
        this.rules = rules;
        this.manifest = manifest;
        this.peers = peers;
        this.effects = effects;
        this.neighbourhood = new Neighbourhood(rules.self(), rules.port(), peers, effects, random);
        this.lifecycle = new Lifecycle(rules, manifest, peers, effects, neighbourhood, random);
        this.offers = new Offers(rules.self(), lifecycle, neighbourhood, effects, random);
        this.gossip = new Gossip(manifest, neighbourhood, effects, offers, random);
        this.wallClock = new WallClock(gossip::aheadMillis);
        this.segments = new Segments(rules, effects, random);
    }

    /** The manifest; for reading between events. */
    public ManifestCrdt manifest() {
        return manifest;
    }

    /** The peers; for reading between events. */
    public PeerMap peers() {
        return peers;
    }

    /** The transfers that are not done. */
    public List<TransferView> transfers(Moment now) {
        return lifecycle.transfers().stream()
                .map(transfer -> transfer.view(now.nanos()))
                .toList();
    }

    /** A blob's transfer that is not done; null if there is none. */
    public @Nullable TransferView transfer(BlobId blob, Moment now) {
        Transfer transfer = lifecycle.transfer(blob);
        return transfer == null ? null : transfer.view(now.nanos());
    }

    /** Whether something is wanted that is not here. */
    public boolean isReceiving() {
        return !lifecycle.transfers().isEmpty();
    }

    /** Whether a blob is complete here. */
    public boolean isComplete(BlobId blob) {
        return lifecycle.isComplete(blob);
    }

    /** A look at the local store begins; {@link #storeHolds} tells what it found. */
    public void lookingAtStore() {
        lifecycle.lookingAtStore();
    }

    /**
     * What is complete in the local store, as a fresh look at it tells, each with the time of its completion, epoch milliseconds.
     *
     * @return what was on its way in and is complete without {@link #committed}
     */
    public List<BlobId> storeHolds(Map<BlobId, Long> blobs) {
        return lifecycle.storeHolds(blobs);
    }

    /**
     * Of which blobs there are partial copies in the local store, as a fresh look at it tells.
     *
     * @param allKnown whether the manifest has all that it had when the node stopped last, so that a blob which it does not name has no entry
     */
    public void storeHoldsPartly(Collection<BlobId> partial, boolean allKnown) {
        lifecycle.storeHoldsPartly(partial, allKnown);
    }

    /** A blob was added to the local store by other means than a transfer, such as {@link NodeEffects#revive}. */
    public void stored(BlobId blob, Moment now) {
        lifecycle.stored(blob, now.epochMillis());
    }

    /**
     * Where this node is, told as often as anyone looks: it speaks on these segments from here on.
     *
     * @param on the segments by name, each with the address that others there can reach this node at
     * @param own every address that leads to this node itself
     */
    public void located(Map<String, PeerAddress> on, Set<PeerAddress> own, Moment now) {
        ownAddresses = Set.copyOf(own);
        segments.set(on, now.nanos());
    }

    /** An address that somebody named in this run. */
    public void suggested(PeerAddress address, Moment now) {
        suggested(address, HintSource.HEARSAY, now);
    }

    /** An address where another node may listen. */
    public void suggested(PeerAddress address, HintSource source, Moment now) {
        if (!ownAddresses.contains(address)) {
            peers.hint(address, source, now.nanos());
        }
    }

    /**
     * A coordinator answered a check-in. It may name any address that a proven member may: other subnets above all, which no
     * datagram reaches. What it says is a reason to ask there, as with everyone else.
     *
     * @param coordinator where it listens
     * @param manifest the digest of its manifest; if that is strange here, the two compare manifests
     * @param others where other nodes are
     * @param holders where blobs are said to be
     */
    public void checkedIn(
            PeerAddress coordinator,
            Fingerprint manifest,
            List<PeerAddress> others,
            Map<BlobId, List<PeerAddress>> holders,
            Moment now) {
        suggested(coordinator, now);
        exchangedPeers(others, now);
        holders.forEach((blob, addresses) -> {
            exchangedPeers(addresses, now);
            if (this.manifest.blob(blob) != null) {
                addresses.stream()
                        .filter(address -> peers.peer(address, now.nanos()) != null)
                        .forEach(address -> peers.claim(address, blob, now.nanos()));
            }
        });
        gossip.heard(coordinator, manifest, now.nanos());
    }

    /**
     * An earlier run found that a peer lies: it is left alone for what is left of that time, as if it had lied in this one.
     *
     * @param nanos how much that is; more than {@link PeerMap#BAN_NANOS} counts as that
     */
    public void bannedBefore(PeerAddress address, PeerId id, long nanos, Moment now) {
        long left = Math.min(nanos, PeerMap.BAN_NANOS);
        if (!ownAddresses.contains(address) && !id.equals(rules.self())) {
            peers.ban(address, id, left, now.nanos());
            offers.refuse(id, left, now.nanos());
        }
    }

    /** A proven member named other nodes. */
    public void exchangedPeers(List<PeerAddress> addresses, Moment now) {
        for (PeerAddress address : addresses) {
            if (rules.dial().mayDial(address)) {
                suggested(address, now);
            }
        }
    }

    /**
     * A datagram came in, of whatever fleet.
     *
     * @param segment where it was heard
     * @param from the address that it came from
     * @param bytes its length
     */
    public void heard(String segment, PeerAddress from, Announcement announcement, int bytes, Moment now) {
        boolean member = isMember(announcement);
        if (member && announcement.host().equals(rules.self())) {
            return;
        }
        segments.heard(segment, announcement, bytes, member, now.nanos());
        if (!member
                || ownAddresses.contains(announcement.address())
                || !rules.dial().mayDial(from, announcement.address())) {
            return;
        }
        peers.hint(announcement.address(), now.nanos());
        gossip.heard(announcement.address(), Segments.digestOf(announcement), now.nanos());
        for (Announcement.Holding holding : announcement.holdings()) {
            BlobView view = manifest.blob(holding.blob());
            // Who speaks of a revoked blob has not heard of its end.
            if (view != null && view.isActive()) {
                peers.claim(announcement.address(), holding.blob(), now.nanos());
            }
        }
    }

    /** The blobs that have these labels among those meant for this node or published by it. */
    public Map<Label, BlobId> ownersOf(Collection<Label> labels) {
        Map<Label, BlobId> owners = new HashMap<>();
        for (Label label : labels) {
            BlobId owner = manifest.ownerOf(
                    label,
                    entry -> rules.assigns().test(entry) || entry.author().equals(rules.self()));
            if (owner != null) {
                owners.put(label, owner);
            }
        }
        return owners;
    }

    /** Whether a datagram says that it is of this fleet. From any thread. */
    public boolean isMember(Announcement announcement) {
        return announcement.fleet().equals(rules.fleetTag());
    }

    /** Fetches a blob, whoever it is for, as soon as an active entry describes it. */
    public void request(BlobId blob) {
        lifecycle.request(blob);
    }

    /** Takes entries in that other nodes hold as well. How many were new. */
    public int merge(List<VerifiedEntry> entries, Moment now) {
        int merged = 0;
        for (VerifiedEntry entry : entries) {
            if (gossip.merge(entry, now).isMerged()) {
                merged++;
                lifecycle.entryChanged(entry.entry().blob());
            }
        }
        if (merged > 0) {
            effects.manifestChanged();
            segments.learned(now.nanos());
        }
        return merged;
    }

    /** Takes an entry of this node's own in and says what became of it. */
    public MergeResult merge(VerifiedEntry entry, Moment now) {
        MergeResult result = gossip.publish(entry, now);
        if (result.isMerged()) {
            lifecycle.entryChanged(entry.entry().blob());
            effects.manifestChanged();
            segments.published(entry.entry().blob(), now.nanos());
        }
        return result;
    }

    /** The rules' answers, or the node's traits, may be others than before. */
    public void rulesChanged() {
        lifecycle.rulesChanged();
    }

    /** The number of the deny list in force here; neighbours with a higher one are asked for theirs. */
    public void denyListInForce(long number) {
        gossip.denyListInForce(number);
    }

    /** Answer to {@link NodeEffects#watch}, its news verified. */
    public void watchAnswered(long ask, PeerId id, Watch.Reply reply, List<VerifiedEntry> news, Moment now) {
        merge(news, now);
        Neighbourhood.Neighbour neighbour = gossip.answered(ask, id, reply, now);
        if (neighbour == null) {
            return;
        }
        if (!reply.peers().isEmpty()) {
            exchangedPeers(reply.peers(), now);
        }
        for (Watch.Share share : reply.shares()) {
            Transfer transfer = lifecycle.transfer(share.blob());
            if (transfer != null) {
                if (neighbour.said().isNewClaim(share.blob())) {
                    peers.claim(neighbour.address(), share.blob(), now.nanos());
                }
                report(transfer, neighbour, id, share, reply.idle(), now);
            } else {
                offers.told(id, share, now.nanos());
            }
        }
    }

    private void report(
            Transfer transfer,
            Neighbourhood.Neighbour neighbour,
            PeerId id,
            Watch.Share share,
            boolean invites,
            Moment now) {
        PeerAddress peer = neighbour.address();
        int leafCount = transfer.layout().leafCount();
        try {
            if (share.extent() == Watch.Extent.MORE) {
                int[] more = share.moreLeaves(leafCount);
                if (!transfer.reportMore(peer, id, more, share.version(), now.nanos())) {
                    log.debug(
                            "{} tells more of blob {} than is known of it: everything is asked for",
                            peer,
                            share.blob());
                    neighbour.said().says(share.blob(), 0);
                }
            } else {
                boolean leases = share.extent() == Watch.Extent.LEASED;
                transfer.report(peer, id, share.leaves(leafCount), leases, now.nanos());
            }
            if (invites) {
                transfer.invitedBy(peer);
            }
        } catch (IllegalArgumentException e) {
            log.debug("report of {} on blob {} passed over: {}", peer, share.blob(), e.getMessage());
            transfer.forget(peer);
        }
        lifecycle.suppliersChanged(transfer);
    }

    /** Answer to {@link NodeEffects#watch}. */
    public void watchFailed(long ask, Moment now) {
        PeerAddress gone = neighbourhood.failed(ask, now.nanos());
        if (gone != null) {
            lifecycle.forget(gone);
        }
    }

    /** Answer to {@link NodeEffects#sync}, its entries verified. */
    public void syncAnswered(long ask, SyncFrame frame, List<VerifiedEntry> entries, Moment now) {
        merge(entries, now);
        gossip.syncAnswered(ask, frame, now.nanos());
    }

    /** Answer to {@link NodeEffects#sync}. */
    public void syncFailed(long ask, Moment now) {
        gossip.syncFailed(ask, now.nanos());
    }

    /** A peer asks to be told of news; {@link NodeEffects#answerWatch} answers, at once or later. */
    public void watchAsked(long exchange, PeerId peer, PeerAddress listens, Watch.Question question, Moment now) {
        if (!gossip.askedLately(peer, listens, now.nanos())) {
            exchangedPeers(List.of(listens), now);
        }
        gossip.asked(exchange, peer, listens, question, now.nanos());
    }

    /** A peer that waits for an answer went away. */
    public void watchAborted(long exchange) {
        gossip.aborted(exchange);
    }

    /** A question's answer has been held back for as long as it may; it is given at the next {@link #advance}. */
    public void watchHurried(long exchange, Moment now) {
        gossip.hurried(exchange, now.nanos());
    }

    /** A peer sent a frame, its entries verified; answered by {@link NodeEffects#answerSync}. */
    public void syncAsked(long exchange, PeerId peer, SyncFrame frame, List<VerifiedEntry> entries, Moment now) {
        merge(entries, now);
        gossip.syncAsked(exchange, peer, frame, now.nanos());
    }

    /** Answer to {@link NodeEffects#fetchTree}. */
    public void treeAnswered(PeerAddress peer, BlobId blob, HashTree tree) {
        tell(blob, transfer -> transfer.treeAnswered(peer, tree));
    }

    /** Some of an answer to {@link NodeEffects#fetchTree} came in. */
    public void treeArriving(PeerAddress peer, BlobId blob, Moment now) {
        tell(blob, transfer -> transfer.treeArriving(peer, now.nanos()));
    }

    /** Answer to {@link NodeEffects#fetchTree}. */
    public void treeFailed(PeerAddress peer, BlobId blob) {
        tell(blob, transfer -> transfer.treeFailed(peer));
    }

    /** Answer to {@link NodeEffects#open}. */
    public void opened(BlobId blob, LeafSet held, Moment now) {
        Transfer transfer = lifecycle.transfer(blob);
        if (transfer == null) {
            effects.close(blob, false);
        } else {
            transfer.opened(held, now.nanos());
            gossip.leavesChanged();
        }
    }

    /** Answer to {@link NodeEffects#open}: {@code disk} if there is too little room. */
    public void openFailed(BlobId blob, String why, boolean disk, Moment now) {
        tell(blob, transfer -> transfer.openFailed(why, disk, Math.max(nextCycle, now.nanos() + RETRY_NANOS)));
    }

    /** A leaf of a fetch matched its hash and is on disk. Whether it completed a chunk. */
    public boolean leafStored(BlobId blob, long request, int leaf, PeerAddress peer, Moment now) {
        peers.servedLeaf(peer);
        neighbourhood.gave(peer, now.nanos());
        Transfer transfer = lifecycle.transfer(blob);
        if (transfer == null) {
            return false;
        }
        gossip.leavesChanged();
        return transfer.leafStored(request, leaf, peer, now.nanos());
    }

    /** Some of a leaf of a fetch came in. */
    public void bytesArrived(BlobId blob, long request, Moment now) {
        tell(blob, transfer -> transfer.bytesArrived(request, now.nanos()));
    }

    /** A leaf of a fetch did not match its hash. */
    public void leafRejected(BlobId blob, long request, int leaf, PeerAddress peer, Moment now) {
        Transfer transfer = lifecycle.transfer(blob);
        if (transfer != null) {
            transfer.leafRejected(request, leaf);
        }
        if (transfer == null || !transfer.isContested()) {
            wasLiedToBy(peer, now);
        }
    }

    /** A peer sent entries that no honest node would have sent. */
    public void sentForgeries(PeerId id, int count, Moment now) {
        PeerAddress peer = count > 0 ? neighbourhood.addressOf(id) : null;
        if (peer != null) {
            for (int i = 0; i < Math.min(count, PeerMap.MAX_FALSE_LEAVES); i++) {
                wasLiedToBy(peer, now);
            }
        }
    }

    private void tell(BlobId blob, Consumer<Transfer> event) {
        Transfer transfer = lifecycle.transfer(blob);
        if (transfer != null) {
            event.accept(transfer);
        }
    }

    private void wasLiedToBy(PeerAddress peer, Moment now) {
        if (peers.servedFalseLeaf(peer, now.nanos())) {
            effects.banned(peer);
            PeerView view = peers.peer(peer, now.nanos());
            log.warn(
                    "{} at {} sent false leaves or forged manifest entries {} times and is left alone for {} minutes",
                    view == null || view.id() == null ? "an unknown node" : view.id(),
                    peer,
                    PeerMap.MAX_FALSE_LEAVES,
                    PeerMap.BAN_NANOS / 60_000_000_000L);
            if (view != null && view.id() != null) {
                offers.refuse(view.id(), PeerMap.BAN_NANOS, now.nanos());
            }
            neighbourhood.leave(peer);
            lifecycle.forget(peer);
        }
    }

    /** A leaf could not be stored: {@code disk} if there is too little room. The run ends and what is here stays. */
    public void storeFailed(BlobId blob, String why, boolean disk, Moment now) {
        tell(blob, transfer -> transfer.storeFailed(why, disk, Math.max(nextCycle, now.nanos() + RETRY_NANOS)));
    }

    /** A peer asked for leaves, which it is being given; told of the blobs that {@link NodeEffects#tellServed} names. */
    public void served(PeerId peer, BlobId blob, int first, int end, Moment now) {
        if (offers.served(peer, blob, first, end, now.nanos())) {
            gossip.leavesChanged();
        }
    }

    /** A fetch ended. */
    public void fetchEnded(BlobId blob, long request, Scheduler.Ending ending, Moment now) {
        tell(blob, transfer -> transfer.fetchEnded(request, ending, now.nanos()));
    }

    /** Answer to {@link NodeEffects#commit}. */
    public void committed(BlobId blob, Moment now) {
        if (lifecycle.committed(blob, now.epochMillis())) {
            segments.completed(blob, now.nanos());
        }
    }

    /** Answer to {@link NodeEffects#commit}. */
    public void commitFailed(BlobId blob, String why, Moment now) {
        tell(blob, transfer -> transfer.commitFailed(why, Math.max(nextCycle, now.nanos() + RETRY_NANOS)));
    }

    /**
     * The size or the root that a blob is fetched by is false: every leaf matched and the whole does not match the id, what came of it is
     * deleted; or all of the content came and does not match the root.
     */
    public void shapeIsFalse(BlobId blob) {
        lifecycle.shapeIsFalse(blob);
    }

    /** Ends what is under way: nothing is asked from here on, and who waits for an answer gets it. */
    public void stop() {
        stopped = true;
        gossip.release();
        lifecycle.stop();
    }

    /** Does what is due. */
    public void advance(Moment now) {
        if (stopped) {
            gossip.release();
            return;
        }
        if (!started) {
            started = true;
            nextCycle = now.nanos() + rules.cycle().toNanos();
        }
        wallClock.look(now);
        if (now.nanos() - nextCycle >= 0) {
            nextCycle = now.nanos() + rules.cycle().toNanos();
            if (wallClock.keepsAgreeing(now) && manifest.setAside(now.epochMillis())) {
                effects.manifestChanged();
            }
        }
        lifecycle.judge(now, wallClock.at(now));
        boolean offersOthers = offers.advance(now.nanos());
        if (lifecycle.takeLeavesChanged() || offersOthers) {
            gossip.leavesChanged();
        }
        gossip.advance(lifecycle.toAskFor(), offers.followed(), now);
        lifecycle.advanceTransfers(now.nanos(), nextCycle);
        if (now.nanos() >= segments.wakeAt()) {
            segments.advance(now.nanos(), manifest.digest(), lifecycle);
        }
    }

    /** When {@link #advance} has to be called again at the latest, in nanoseconds. */
    public long wakeAt(Moment now) {
        if (stopped) {
            return Long.MAX_VALUE;
        }
        long wake = Math.min(nextCycle, gossip.wakeAt());
        wake = Math.min(wake, Math.min(segments.wakeAt(), offers.wakeAt()));
        wake = Math.min(wake, lifecycle.wakeAt(now.nanos()));
        return Math.min(wake, neighbourhood.lookAt(isReceiving()));
    }

    /** By how many milliseconds this node's wall clock is too far ahead for others to take what it publishes; empty if it is not. */
    public OptionalLong clockIsWrongBy(Moment now) {
        return wallClock.isWrongBy(now, gossip.clocksTold(now));
    }

    /** By how many milliseconds this node's wall clock is ahead of its peers', as far as they have told theirs of late. */
    public OptionalLong aheadMillis(Moment now) {
        return gossip.aheadMillis(now);
    }

    /** The digest of the manifest, as others are told. */
    public Fingerprint manifestDigest() {
        return manifest.digest();
    }
}
