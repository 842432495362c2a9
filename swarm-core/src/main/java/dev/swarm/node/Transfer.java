package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.BlobView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One blob on its way in. Confined.
 *
 * <pre>
 * WAITING -> TREE -> OPENING -> FETCHING -> COMMITTING -> DONE
 *    ^         |        |          |            |
 *    +---------+--------+----------+------------+   after a failure, at a later time
 * </pre>
 */
final class Transfer {

    private static final Logger log = LoggerFactory.getLogger(Transfer.class);

    /** Without a new leaf for this long, while something is missing, a run ends and the next cycle starts another. */
    static final long NO_PROGRESS_NANOS = 10_000_000_000L;

    /** How the reason begins when nothing has come for that long. */
    static final String NO_PROGRESS = "no progress: ";

    /** So many of the leaves that came last are known in their order: whoever was told before that is told everything. */
    private static final int LATEST = LeafList.MAX_LEAVES;

    private final PeerId self;
    private final BlobId blob;
    private final BlobView.Shape shape;
    private final BlobLayout layout;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final Downlink downlink;
    private final Map<PeerAddress, Holder> holders = new LinkedHashMap<>();
    private final List<PeerAddress> refusedTree = new ArrayList<>();
    private final Set<Long> openRequests = new HashSet<>();
    private TransferPhase phase = TransferPhase.WAITING;
    private long notBefore;
    private long lastProgress;
    private String reason = "";
    private boolean diskRefused;

    /** Why nothing comes, for as long as that is so; empty otherwise. */
    private String stalled = "";

    /** Whether that was said in the log since something came last. */
    private boolean stallSaid;

    private int chunksOnDisk;
    private long fetchingSince;
    private int heldAtFirst;
    private int[] latest = {};
    private @Nullable PeerAddress treeFrom;
    private @Nullable Scheduler scheduler;
    private @Nullable SourceLedger ledger;
    private @Nullable PaceMeter meter;
    private long duplicateBytes;
    private boolean changed;
    private long lookAt;
    private boolean contested;

    private record Holder(PeerId id, LeafSet leaves, boolean leases) {}

    Transfer(
            PeerId self,
            BlobId blob,
            BlobView.Shape shape,
            NodeEffects effects,
            RandomGenerator random,
            Downlink downlink) {
        this.self = self;
        this.blob = blob;
        this.shape = shape;
        this.layout = new BlobLayout(shape.size());
        this.effects = effects;
        this.random = random;
        this.downlink = downlink;
    }

    BlobId blob() {
        return blob;
    }

    /** What it goes by. */
    BlobView.Shape shape() {
        return shape;
    }

    BlobLayout layout() {
        return layout;
    }

    TransferPhase phase() {
        return phase;
    }

    /** Leaves the first run until a moment. */
    void startAt(long nanos) {
        notBefore = nanos;
        lastProgress = nanos;
    }

    /** Says the same of its blob as a transfer that goes by another shape and ends here: what was said in the log is not said again. */
    void takesOverFrom(Transfer stuck) {
        stalled = stuck.stalled;
        stallSaid = stuck.stallSaid;
        reason = stuck.reason;
    }

    /** Whether other shapes of the blob may be right as well, so that who sends what does not fit this one may be honest. */
    boolean isContested() {
        return contested;
    }

    void setContested(boolean isSo) {
        contested = isSo;
    }

    /** Whether it waits, and nothing came in its last run or no peer has anything of it. */
    boolean isStuck() {
        return phase == TransferPhase.WAITING && isStalled();
    }

    /**
     * What other nodes may be told: the leaves that are here, none before the partial copy is open. For a look at once, not to be kept
     * nor changed.
     */
    LeafSet held() {
        return scheduler == null ? LeafSet.none(layout.leafCount()) : scheduler.held();
    }

    /** How many leaves {@link #held} has. */
    int heldCount() {
        return scheduler == null ? 0 : scheduler.heldCount();
    }

    /** How long ago the run began, 0 if it is about to. */
    long fetchingFor(long now) {
        return scheduler == null ? 0 : now - fetchingSince;
    }

    /** When the run began to fetch, in nanoseconds; 0 before the first. Another number for each run. */
    long fetchingSince() {
        return fetchingSince;
    }

    /**
     * The leaves that came in this run after there were {@code count}, ascending; null if they are not known, are none, or are the last
     * ones.
     */
    int @Nullable [] cameSince(int count) {
        int here = heldCount();
        if (count < heldAtFirst || count >= here || here - count > latest.length || here == layout.leafCount()) {
            return null;
        }
        int[] came = new int[here - count];
        for (int i = 0; i < came.length; i++) {
            came[i] = latest[(count + i) % latest.length];
        }
        Arrays.sort(came);
        return came;
    }

    /** How far the beginning or, as fast as it has gone, the end of the run is away, whichever is nearer. */
    long nearestEnd(long now) {
        long age = now - fetchingSince;
        Scheduler current = scheduler;
        long came = current == null ? 0 : current.heldCount() - heldAtFirst;
        long left = layout.leafCount() - heldAtFirst - came;
        return came <= 0 ? 0 : Math.min(age, age * left / came);
    }

    TransferView view(long now) {
        SourceLedger current = ledger;
        return new TransferView(
                blob,
                layout,
                phase,
                scheduler == null ? chunksOnDisk : held().fullChunks(),
                isStalled() ? stalled : reason,
                diskRefused,
                isStalled(),
                current == null ? SourceReport.NONE : current.report(now, pace(now)));
    }

    private boolean isStalled() {
        return !stalled.isEmpty() && !diskRefused;
    }

    private TransferPace pace(long now) {
        PaceMeter current = meter;
        return current == null ? TransferPace.NONE : current.pace(now, duplicateBytes);
    }

    /** What a peer says it holds, null for nothing, and whether it gives that to this node alone. */
    void report(PeerAddress peer, PeerId id, @Nullable LeafSet leaves, boolean leases, long now) {
        if (leaves == null) {
            forget(peer);
            return;
        }
        refusedTree.remove(peer);
        Holder holder = new Holder(id, leaves, leases);
        holders.put(peer, holder);
        if (scheduler != null) {
            tell(scheduler, peer, holder, now);
            changed = true;
        }
    }

    /**
     * A peer says that it holds more than it said last.
     *
     * @return false if these leaves cannot be all that it holds beside that: what it said last stays
     */
    boolean reportMore(PeerAddress peer, PeerId id, int[] more, int version, long now) {
        Holder holder = holders.get(peer);
        if (holder == null || !fits(holder, more, version)) {
            return false;
        }
        LeafSet leaves = holder.leaves();
        boolean isAll = leaves.size() + more.length == layout.leafCount();
        LeafSet after = isAll ? leaves.copy() : leaves;
        for (int leaf : more) {
            after.add(leaf);
        }
        if (isAll || scheduler == null) {
            report(peer, id, after, holder.leases(), now);
        } else {
            scheduler.peerHoldsMore(peer, id, more, now);
            scheduler.roundTrip(peer, effects.roundTripNanos(peer));
            changed = true;
        }
        return true;
    }

    /** A version that is not of a lease tells how many leaves there are in all. */
    private static boolean fits(Holder holder, int[] more, int version) {
        for (int leaf : more) {
            if (holder.leaves().contains(leaf)) {
                return false;
            }
        }
        return holder.leases() ? version < 0 : version == holder.leaves().size() + more.length + 1;
    }

    private void tell(Scheduler to, PeerAddress peer, Holder holder, long now) {
        to.peerHolds(peer, holder.id(), holder.leaves(), now);
        to.peerLeases(peer, holder.leases());
        to.roundTrip(peer, effects.roundTripNanos(peer));
    }

    /** A peer that has just reported has nothing to send to anyone else. */
    void invitedBy(PeerAddress peer) {
        if (scheduler != null) {
            scheduler.peerIsIdle(peer);
        }
    }

    void forget(PeerAddress peer) {
        if (holders.remove(peer) != null && scheduler != null) {
            scheduler.peerGone(peer);
            changed = true;
        }
    }

    void treeAnswered(PeerAddress peer, HashTree tree) {
        if (phase == TransferPhase.TREE && peer.equals(treeFrom)) {
            treeFrom = null;
            moveTo(TransferPhase.OPENING, "leaf hashes from " + peer);
            effects.open(blob, layout, tree);
        }
    }

    /** Some of the leaf hashes came in. */
    void treeArriving(PeerAddress peer, long now) {
        if (phase == TransferPhase.TREE && peer.equals(treeFrom)) {
            lastProgress = now;
        }
    }

    void treeFailed(PeerAddress peer) {
        if (phase == TransferPhase.TREE && peer.equals(treeFrom)) {
            treeFrom = null;
            refusedTree.add(peer);
        }
    }

    void opened(LeafSet held, long now) {
        if (phase != TransferPhase.OPENING) {
            return;
        }
        Scheduler fresh = Scheduler.create(self, layout, held, random);
        holders.forEach((peer, holder) -> tell(fresh, peer, holder, now));
        scheduler = fresh;
        ledger = new SourceLedger(layout, held, now);
        meter = new PaceMeter(downlink, now);
        duplicateBytes = 0;
        openRequests.clear();
        lastProgress = now;
        fetchingSince = now;
        heldAtFirst = held.size();
        latest = new int[Math.min(LATEST, layout.leafCount())];
        changed = true;
        reason = "";
        diskRefused = false;
        moveTo(TransferPhase.FETCHING, held + " leaves here");
        if (held.size() > 0) {
            log.info("resuming blob {}: {} leaves are here", blob, held);
        }
    }

    void openFailed(String why, boolean disk, long retryAt) {
        if (phase == TransferPhase.OPENING) {
            reason = why;
            diskRefused = disk;
            stalled = "";
            notBefore = retryAt;
            moveTo(TransferPhase.WAITING, why);
        }
    }

    /** Whether the leaf completed a chunk. */
    boolean leafStored(long request, int leaf, PeerAddress peer, long now) {
        if (scheduler == null || ledger == null || meter == null) {
            return false;
        }
        lastProgress = now;
        changed = true;
        int before = scheduler.heldCount();
        scheduler.leafStored(request, leaf, now);
        duplicateBytes = scheduler.duplicateBytes();
        boolean isNew = scheduler.heldCount() > before;
        if (isNew) {
            latest[before % latest.length] = leaf;
            stalled = "";
            stallSaid = false;
        }
        meter.arrived(layout.leafLength(leaf), isNew, now);
        return ledger.stored(leaf, peer, now);
    }

    /** Some of a leaf came in: who is slow is not silent. */
    void bytesArrived(long request, long now) {
        if (scheduler != null) {
            lastProgress = now;
            scheduler.bytesArrived(request, now);
        }
    }

    void leafRejected(long request, int leaf) {
        if (scheduler != null) {
            scheduler.leafRejected(request, leaf);
            changed = true;
        }
    }

    void fetchEnded(long request, Scheduler.Ending ending, long now) {
        openRequests.remove(request);
        if (scheduler != null) {
            scheduler.requestEnded(request, ending, now);
            changed = true;
        }
    }

    /** The store cannot take more at present; what is here stays. */
    void storeFailed(String why, boolean disk, long retryAt) {
        if (phase == TransferPhase.FETCHING) {
            effects.close(blob, false);
            diskRefused = disk;
            stalled = "";
            fail(why, retryAt);
        }
    }

    void commitFailed(String why, long retryAt) {
        if (phase == TransferPhase.COMMITTING) {
            stalled = "";
            fail(why, retryAt);
        }
    }

    void done() {
        moveTo(TransferPhase.DONE, "complete");
    }

    /** Takes whatever step is due. */
    void advance(long now, long nextCycle) {
        switch (phase) {
            case WAITING -> startRun(now);
            case TREE -> askForTree(now, nextCycle);
            case FETCHING -> fetch(now, nextCycle);
            case OPENING, COMMITTING, DONE -> {}
        }
    }

    long wakeAt(long now) {
        return switch (phase) {
            case WAITING -> hasSupply() ? notBefore : Long.MAX_VALUE;
            case TREE -> lastProgress + NO_PROGRESS_NANOS;
            case FETCHING -> changed ? now : lookAt;
            case OPENING, COMMITTING, DONE -> Long.MAX_VALUE;
        };
    }

    private void startRun(long now) {
        if (now < notBefore || !hasSupply()) {
            return;
        }
        lastProgress = now;
        refusedTree.clear();
        moveTo(TransferPhase.TREE, holders.size() + " peers");
        if (layout.leafCount() <= 1) {
            moveTo(TransferPhase.OPENING, "the root is the only hash");
            effects.open(blob, layout, HashTree.ofRoot(layout, shape.root()));
        } else {
            askForTree(now, Long.MAX_VALUE);
        }
    }

    boolean isWaiting() {
        return phase == TransferPhase.WAITING;
    }

    /** Whether some peer has something of it, or nothing is needed. */
    boolean hasSupply() {
        return layout.leafCount() == 0 || someoneHolds();
    }

    private boolean someoneHolds() {
        for (Holder holder : holders.values()) {
            if (holder.leaves().size() > 0) {
                return true;
            }
        }
        return false;
    }

    private void askForTree(long now, long nextCycle) {
        if (now - lastProgress >= NO_PROGRESS_NANOS) {
            stall("no peer gives the leaf hashes", nextCycle);
        } else if (treeFrom == null) {
            List<PeerAddress> able = holders.entrySet().stream()
                    .filter(entry -> entry.getValue().leaves().size() > 0)
                    .map(Map.Entry::getKey)
                    .filter(peer -> !refusedTree.contains(peer))
                    .toList();
            if (!able.isEmpty()) {
                PeerAddress chosen = able.get(random.nextInt(able.size()));
                treeFrom = chosen;
                effects.fetchTree(chosen, blob, layout, shape.root());
            }
        }
    }

    private void fetch(long now, long nextCycle) {
        if (!changed && now < lookAt) {
            return;
        }
        changed = false;
        Scheduler current = Objects.requireNonNull(scheduler);
        PaceMeter pace = Objects.requireNonNull(meter);
        if (current.isComplete()) {
            moveTo(TransferPhase.COMMITTING, "every leaf is here");
            pace.sample(PaceMeter.State.WRITING, now);
            effects.commit(blob);
            return;
        }
        for (long request : current.overdue(now)) {
            openRequests.remove(request);
            effects.cancelFetch(blob, request);
        }
        for (Scheduler.Fetch fetch : current.next(now)) {
            openRequests.add(fetch.request());
            effects.fetch(blob, fetch);
        }
        pace.sample(doing(), now);
        lookAt = Math.min(current.wakeAt(now), lastProgress + NO_PROGRESS_NANOS);
        if (now - lastProgress >= NO_PROGRESS_NANOS) {
            effects.close(blob, false);
            stall("no peer gave a leaf for " + NO_PROGRESS_NANOS / 1_000_000_000L + " s", nextCycle);
        }
    }

    private PaceMeter.State doing() {
        if (effects.storeIsBehind()) {
            return PaceMeter.State.WRITING;
        }
        return openRequests.isEmpty() ? PaceMeter.State.IDLE : PaceMeter.State.ASKED;
    }

    /**
     * A look at a transfer that waits for peers which have something of it.
     *
     * @param why the reason, if there has been none for too long
     * @return whether that is to be said in the log: it was not since something came last
     */
    boolean lacksSupply(String why, long now) {
        if (phase != TransferPhase.WAITING || hasSupply() || now - lastProgress < NO_PROGRESS_NANOS) {
            return false;
        }
        return stalls(why);
    }

    private void stall(String why, long retryAt) {
        diskRefused = false;
        if (stalls(NO_PROGRESS + why)) {
            warn(stalled);
        }
        fail(stalled, retryAt);
    }

    private boolean stalls(String why) {
        stalled = why;
        boolean isNews = !stallSaid && !diskRefused;
        stallSaid |= isNews;
        return isNews;
    }

    /** Says in the log why nothing comes. */
    void warn(String why) {
        log.warn(
                "blob {}: {}; {} of {} chunks are here. Start a node that has it, and open TCP and UDP 1531 between the nodes",
                blob,
                why,
                scheduler == null ? chunksOnDisk : held().fullChunks(),
                layout.chunkCount());
    }

    private void fail(String why, long retryAt) {
        reason = why;
        if (meter != null) {
            meter.stop();
        }
        chunksOnDisk = held().fullChunks();
        scheduler = null;
        treeFrom = null;
        notBefore = retryAt;
        moveTo(TransferPhase.WAITING, why);
    }

    private void moveTo(TransferPhase next, String why) {
        if (!phase.mayBecome(next)) {
            throw new IllegalStateException(blob + " cannot go from " + phase + " to " + next + ": " + why);
        }
        log.debug("{} {} -> {}: {}", blob, phase, next, why);
        phase = next;
    }
}
