package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.MergeResult;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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

    /** Most transfers that run at once; more wait. Each holds a partial file and its hashes. */
    private static final int MAX_RUNNING = 32;

    /** Jitter per known node before a transfer starts, so that many nodes do not fall on one seeder in the same moment. */
    private static final long JITTER_NANOS_PER_NODE = 10_000_000L;

    private static final long MAX_JITTER_NANOS = 1_000_000_000L;

    /** Wait after a failure to open or commit before the next cycle is worth a try. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final NodeRules rules;
    private final ManifestCrdt manifest;
    private final PeerMap peers;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final Neighbourhood neighbourhood;
    private final Gossip gossip;
    private final Segments segments;
    private final Map<BlobId, Transfer> transfers = new LinkedHashMap<>();
    private final Map<BlobId, Integer> complete = new HashMap<>();
    private final Set<BlobId> requested = new LinkedHashSet<>();
    private Set<PeerAddress> ownAddresses = Set.of();
    private final Set<BlobId> toJudge = new LinkedHashSet<>();
    private boolean allToJudge = true;
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
        this.random = random;
        this.neighbourhood = new Neighbourhood(rules.self(), rules.port(), peers, effects, random);
        this.gossip = new Gossip(manifest, neighbourhood, effects, this::leavesOf, random);
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
        return transfers.values().stream()
                .map(transfer -> transfer.view(now.nanos()))
                .toList();
    }

    /** Whether a blob is complete here. */
    public boolean isComplete(BlobId blob) {
        return complete.containsKey(blob);
    }

    /** What is complete in the local store, as a fresh look at it tells. */
    public void storeHolds(Collection<BlobId> blobs) {
        Map<BlobId, Integer> fresh = new HashMap<>();
        for (BlobId blob : blobs) {
            fresh.put(blob, complete.getOrDefault(blob, 0));
        }
        if (!fresh.keySet().equals(complete.keySet())) {
            complete.clear();
            complete.putAll(fresh);
            allToJudge = true;
            gossip.leavesChanged();
        }
    }

    /** A blob was added to the local store by other means than a transfer. */
    public void stored(BlobId blob) {
        if (complete.putIfAbsent(blob, 0) == null) {
            allToJudge = true;
            gossip.leavesChanged();
        }
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

    /** An address that the operator, a file or a coordinator named. */
    public void suggested(PeerAddress address, Moment now) {
        if (!ownAddresses.contains(address)) {
            peers.hint(address, now.nanos());
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
        boolean member = announcement.fleet().equals(rules.fleetTag());
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
            if (manifest.blob(holding.blob()) != null) {
                peers.claim(announcement.address(), holding.blob(), now.nanos());
            }
        }
    }

    /** Fetches a blob, whoever it is for, as soon as an active entry describes it. */
    public void request(BlobId blob) {
        if (requested.add(blob)) {
            allToJudge = true;
        }
    }

    /** Takes entries in that other nodes hold as well. How many were new. */
    public int merge(List<VerifiedEntry> entries, Moment now) {
        int merged = 0;
        for (VerifiedEntry entry : entries) {
            if (gossip.merge(entry, now).isMerged()) {
                merged++;
                toJudge.add(entry.entry().blob());
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
        MergeResult result = gossip.merge(entry, now);
        if (result.isMerged()) {
            toJudge.add(entry.entry().blob());
            effects.manifestChanged();
            segments.published(entry.entry().blob(), now.nanos());
        }
        return result;
    }

    /** The rules' answers, or the node's traits, may be others than before. */
    public void rulesChanged() {
        allToJudge = true;
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
        exchangedPeers(reply.peers(), now);
        for (Watch.Share share : reply.shares()) {
            Transfer transfer = transfers.get(share.blob());
            if (transfer != null) {
                peers.claim(neighbour.address(), share.blob(), now.nanos());
                report(transfer, neighbour.address(), id, share, now);
            }
        }
    }

    private static void report(Transfer transfer, PeerAddress peer, PeerId id, Watch.Share share, Moment now) {
        try {
            transfer.report(peer, id, share.leaves(transfer.layout().leafCount()), now.nanos());
        } catch (IllegalArgumentException e) {
            log.debug("report of {} on blob {} passed over: {}", peer, share.blob(), e.getMessage());
            transfer.forget(peer);
        }
    }

    /** Answer to {@link NodeEffects#watch}. */
    public void watchFailed(long ask, Moment now) {
        PeerAddress gone = neighbourhood.failed(ask, now.nanos());
        if (gone != null) {
            transfers.values().forEach(transfer -> transfer.forget(gone));
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
        exchangedPeers(List.of(listens), now);
        gossip.asked(exchange, peer, listens, question, now.nanos());
    }

    /** A peer that waits for an answer went away. */
    public void watchAborted(long exchange) {
        gossip.aborted(exchange);
    }

    /** A peer sent a frame, its entries verified; answered by {@link NodeEffects#answerSync}. */
    public void syncAsked(long exchange, PeerId peer, SyncFrame frame, List<VerifiedEntry> entries, Moment now) {
        merge(entries, now);
        gossip.syncAsked(exchange, peer, frame, now.nanos());
    }

    /** Answer to {@link NodeEffects#fetchTree}. */
    public void treeAnswered(PeerAddress peer, BlobId blob, HashTree tree) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.treeAnswered(peer, tree);
        }
    }

    /** Answer to {@link NodeEffects#fetchTree}. */
    public void treeFailed(PeerAddress peer, BlobId blob) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.treeFailed(peer);
        }
    }

    /** Answer to {@link NodeEffects#open}. */
    public void opened(BlobId blob, LeafSet held, Moment now) {
        Transfer transfer = transfers.get(blob);
        if (transfer == null) {
            effects.close(blob, false);
        } else {
            transfer.opened(held, now.nanos());
            gossip.leavesChanged();
        }
    }

    /** Answer to {@link NodeEffects#open}: {@code disk} if there is too little room. */
    public void openFailed(BlobId blob, String why, boolean disk, Moment now) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.openFailed(why, disk, Math.max(nextCycle, now.nanos() + RETRY_NANOS));
        }
    }

    /** A leaf of a fetch matched its hash and is on disk. Whether it completed a chunk. */
    public boolean leafStored(BlobId blob, long request, int leaf, PeerAddress peer, Moment now) {
        peers.servedLeaf(peer);
        Transfer transfer = transfers.get(blob);
        if (transfer == null) {
            return false;
        }
        gossip.leavesChanged();
        return transfer.leafStored(request, leaf, peer, now.nanos());
    }

    /** A leaf of a fetch did not match its hash. */
    public void leafRejected(BlobId blob, long request, int leaf, PeerAddress peer, Moment now) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.leafRejected(request, leaf);
        }
        wasLiedToBy(peer, now);
    }

    /** A peer sent entries that no honest node would have sent. */
    public void sentForgeries(PeerId id, int count, Moment now) {
        PeerAddress peer = count > 0 ? neighbourhood.addressOf(id) : null;
        if (peer != null) {
            log.warn("{} at {} sent {} forged manifest entries", id, peer, count);
            wasLiedToBy(peer, now);
        }
    }

    private void wasLiedToBy(PeerAddress peer, Moment now) {
        if (peers.servedFalseLeaf(peer, now.nanos())) {
            neighbourhood.leave(peer);
            transfers.values().forEach(other -> other.forget(peer));
        }
    }

    /** A fetch ended. */
    public void fetchEnded(BlobId blob, long request, Scheduler.Ending ending, Moment now) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.fetchEnded(request, ending, now.nanos());
        }
    }

    /** Answer to {@link NodeEffects#commit}. */
    public void committed(BlobId blob, Moment now) {
        Transfer transfer = transfers.remove(blob);
        if (transfer != null) {
            transfer.done();
            complete.put(blob, transfer.layout().leafCount());
            requested.remove(blob);
            gossip.leavesChanged();
            segments.completed(blob, now.nanos());
        }
    }

    /** Answer to {@link NodeEffects#commit}. */
    public void commitFailed(BlobId blob, String why, Moment now) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            transfer.commitFailed(why, Math.max(nextCycle, now.nanos() + RETRY_NANOS));
        }
    }

    /** Ends what is under way: nothing is asked from here on, and who waits for an answer gets it. */
    public void stop() {
        stopped = true;
        gossip.release();
        transfers.keySet().forEach(blob -> effects.close(blob, false));
        transfers.clear();
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
        if (now.nanos() - nextCycle >= 0) {
            nextCycle = now.nanos() + rules.cycle().toNanos();
        }
        judge(now.nanos());
        gossip.advance(new ArrayList<>(transfers.keySet()), now);
        advanceTransfers(now.nanos());
        segments.advance(now.nanos(), manifest.digest(), this::holdings);
    }

    /** When {@link #advance} has to be called again at the latest, in nanoseconds. */
    public long wakeAt(Moment now) {
        if (stopped) {
            return Long.MAX_VALUE;
        }
        long wake = Math.min(nextCycle, gossip.wakeAt(now.nanos()));
        wake = Math.min(wake, segments.wakeAt());
        long running = running();
        for (Transfer transfer : transfers.values()) {
            if (running < MAX_RUNNING || transfer.phase() != TransferPhase.WAITING) {
                wake = Math.min(wake, transfer.wakeAt(now.nanos()));
            }
        }
        return neighbourhood.hasRoom(!transfers.isEmpty()) ? Math.min(wake, peers.nextRetry(now.nanos())) : wake;
    }

    /** Starts what is to be here and is not, ends what is not to be here. Looks at all blobs only where that is needed. */
    private void judge(long now) {
        if (allToJudge) {
            manifest.blobs().forEach(view -> judge(view, now));
        } else {
            for (BlobId blob : toJudge) {
                BlobView view = manifest.blob(blob);
                if (view != null) {
                    judge(view, now);
                }
            }
        }
        allToJudge = false;
        toJudge.clear();
    }

    private void judge(BlobView view, long now) {
        BlobId blob = view.blob();
        if (!view.isActive()) {
            drop(blob);
        } else if (!complete.containsKey(blob) && !transfers.containsKey(blob) && isWanted(view)) {
            start(view, now);
        } else if (transfers.containsKey(blob) && !isWanted(view)) {
            transfers.remove(blob);
            effects.close(blob, false);
            neighbourhood.wantsChanged();
        }
    }

    private boolean isWanted(BlobView view) {
        return requested.contains(view.blob())
                || view.activeEntries().stream().map(VerifiedEntry::entry).anyMatch(rules.assigns());
    }

    private void start(BlobView view, long now) {
        BlobLayout layout = new BlobLayout(view.size());
        Transfer transfer = new Transfer(rules.self(), view.blob(), layout, view.root(), effects, random);
        transfer.startAt(now + jitter(view.blob(), now));
        transfers.put(view.blob(), transfer);
        neighbourhood.wants(view.blob());
    }

    private void drop(BlobId blob) {
        if (transfers.remove(blob) != null) {
            effects.close(blob, true);
            neighbourhood.wantsChanged();
        }
        if (complete.remove(blob) != null) {
            effects.evict(blob, manifest.entry(new EntryKey(blob, rules.self())) != null);
            gossip.leavesChanged();
        }
        requested.remove(blob);
        peers.forget(blob);
    }

    /** The same for the same node and blob, so that a restart does not draw again. */
    private long jitter(BlobId blob, long now) {
        long nodes = peers.peers(now).size();
        long span = Math.min(MAX_JITTER_NANOS, JITTER_NANOS_PER_NODE * nodes);
        long mixed = (rules.self().host().hashCode() * 0x9e3779b97f4a7c15L) ^ blob.d();
        mixed = (mixed ^ (mixed >>> 32)) * 0xbf58476d1ce4e5b9L;
        return (long) ((mixed >>> 11) * 0x1.0p-53 * span);
    }

    private void advanceTransfers(long now) {
        long running = running();
        for (Transfer transfer : transfers.values()) {
            boolean waiting = transfer.phase() == TransferPhase.WAITING;
            if (!waiting || running < MAX_RUNNING) {
                transfer.advance(now, nextCycle);
                running += waiting && transfer.phase() != TransferPhase.WAITING ? 1 : 0;
            }
        }
    }

    private long running() {
        return transfers.values().stream()
                .filter(transfer -> transfer.phase() != TransferPhase.WAITING)
                .count();
    }

    private @Nullable LeafSet leavesOf(BlobId blob) {
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            return transfer.held();
        }
        BlobView view = complete.containsKey(blob) ? manifest.blob(blob) : null;
        return view == null || !view.isActive() ? null : LeafSet.all(new BlobLayout(view.size()).leafCount());
    }

    private List<Announcement.Holding> holdings() {
        List<Announcement.Holding> holdings = new ArrayList<>();
        for (BlobView view : manifest.blobs()) {
            LeafSet leaves = view.isActive() ? leavesOf(view.blob()) : null;
            if (leaves != null) {
                int chunks = new BlobLayout(view.size()).chunkCount();
                holdings.add(new Announcement.Holding(view.blob(), leaves.fullChunks(), chunks));
            }
        }
        return holdings;
    }

    /** By how many milliseconds this node's wall clock is ahead of its peers', as far as they have told theirs of late. */
    public OptionalLong aheadMillis(Moment now) {
        return gossip.aheadMillis(now.nanos());
    }

    /** The digest of the manifest, as others are told. */
    public Fingerprint manifestDigest() {
        return manifest.digest();
    }
}
