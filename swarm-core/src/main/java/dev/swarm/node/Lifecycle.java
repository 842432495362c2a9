package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which blobs this node is to hold, from when and until when: compares what the manifest says with what is here. Confined.
 *
 * <p>A blob comes in while an active entry is meant for this node and its retention has not run out. It goes when no entry is
 * active any more; at a receiver also when its retention, counted from its completion, is over; what this node itself
 * published ends for all when the retention of that entry is over. A blob whose target was edited away stays until then, and
 * so does a transfer of it.
 */
final class Lifecycle implements Announcer.Holdings {

    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    /** Neighbours are asked anew when so many blobs of a full question have come. */
    private static final int DONE_BETWEEN_QUESTIONS = Watch.MAX_WANTS / 2;

    /**
     * Time between two reports of new leaves to one peer. What a report tells is late by half of it, which counts at both ends of
     * a transfer and not in between: there each report costs more than it brings. Two hundred simulated nodes take as long for 10 MiB
     * if they hear of each other every 2 ms, as what is told sooner waits longer where it is asked for.
     */
    private static final long MIN_REPORT_GAP_NANOS = 25_000_000L;

    private static final long MAX_REPORT_GAP_NANOS = 150_000_000L;

    /**
     * The longest where more than so many listen: who has many peers knows little of each, and two hundred simulated nodes idle for
     * two hundredths of the time that 128 MiB take if they hear of each other every 150 ms.
     */
    private static final long MAX_REPORT_GAP_AMONG_MANY_NANOS = 60_000_000L;

    private static final int MANY_LISTENERS = 12;
    private static final int REPORTS_TO_AN_END = 16;

    private final NodeRules rules;
    private final ManifestCrdt manifest;
    private final PeerMap peers;
    private final NodeEffects effects;
    private final Neighbourhood neighbourhood;
    private final RandomGenerator random;
    private final Downlink downlink = new Downlink();
    private final Map<BlobId, Transfer> transfers = new LinkedHashMap<>();

    /** The one that was looked up last: leaf after leaf is of the same blob. */
    private @Nullable Transfer lookedUp;

    /**
     * Of the transfers those that run; of those that wait, those that some peer has something of, and the others. Those of one leaf
     * wait by themselves: there may be a hundred thousand, and as long as none may start none is looked at.
     */
    private final RunningTransfers running = new RunningTransfers();

    private final Map<BlobId, Transfer> supplied = new LinkedHashMap<>();
    private final Map<BlobId, Transfer> suppliedSmall = new LinkedHashMap<>();
    private final Map<BlobId, Transfer> unsupplied = new LinkedHashMap<>();
    private final HeldBlobs held;
    private final SupplyLook supplyLook = new SupplyLook();
    private final Set<BlobId> requested = new LinkedHashSet<>();
    private final IdlePartials partials;
    private final CredibleShapes shapes = new CredibleShapes();
    private final Lapses lapses;
    private final Expiries expiries = new Expiries();
    private final Set<BlobId> toJudge = new LinkedHashSet<>();

    /** What the first look at the store found though it had been deleted. */
    private final Set<BlobId> returned = new LinkedHashSet<>();

    private Lapses.Clock clock = Lapses.Clock.UNSURE;
    private boolean allToJudge = true;
    private boolean leavesChanged;
    private int doneSinceAsked;
    private @Nullable List<BlobId> toAskFor;

    Lifecycle(
            NodeRules rules,
            ManifestCrdt manifest,
            PeerMap peers,
            NodeEffects effects,
            Neighbourhood neighbourhood,
            RandomGenerator random) {
        this.rules = rules;
        this.manifest = manifest;
        this.peers = peers;
        this.effects = effects;
        this.neighbourhood = neighbourhood;
        this.random = random;
        this.held = new HeldBlobs(manifest);
        this.partials = new IdlePartials(manifest, effects);
        this.lapses = new Lapses(rules, effects);
    }

    @Nullable
    Transfer transfer(BlobId blob) {
        Transfer last = lookedUp;
        if (last == null || !last.blob().equals(blob)) {
            last = transfers.get(blob);
            lookedUp = last;
        }
        return last;
    }

    Collection<Transfer> transfers() {
        return transfers.values();
    }

    /** The blobs that neighbours are asked for: as many as fit a question, those first that nobody is known to have. */
    List<BlobId> toAskFor() {
        List<BlobId> known = toAskFor;
        if (known == null) {
            known = Stream.of(unsupplied.keySet(), running.blobs(), supplied.keySet(), suppliedSmall.keySet())
                    .flatMap(Set::stream)
                    .limit(Watch.MAX_WANTS)
                    .toList();
            toAskFor = known;
        }
        return known;
    }

    /** Another peer has, or no peer has any longer, something of a blob. */
    void suppliersChanged(Transfer transfer) {
        if (!transfer.isWaiting()) {
            return;
        }
        BlobId blob = transfer.blob();
        Map<BlobId, Transfer> before = transfer.hasSupply() ? unsupplied : supplied(RunningTransfers.isSmall(transfer));
        if (before.remove(blob) != null) {
            place(transfer);
        }
    }

    /** A peer gives nothing any more. */
    void forget(PeerAddress peer) {
        for (Transfer transfer : transfers.values()) {
            transfer.forget(peer);
            suppliersChanged(transfer);
        }
    }

    private void place(Transfer transfer) {
        (transfer.hasSupply() ? supplied(RunningTransfers.isSmall(transfer)) : unsupplied)
                .put(transfer.blob(), transfer);
        toAskFor = null;
    }

    private Map<BlobId, Transfer> supplied(boolean small) {
        return small ? suppliedSmall : supplied;
    }

    private void add(Transfer transfer) {
        transfers.put(transfer.blob(), transfer);
        place(transfer);
    }

    private @Nullable Transfer remove(BlobId blob) {
        Transfer transfer = transfers.remove(blob);
        lookedUp = null;
        if (transfer != null) {
            unsupplied.remove(blob);
            supplied(RunningTransfers.isSmall(transfer)).remove(blob);
            running.remove(transfer);
            toAskFor = null;
        }
        return transfer;
    }

    boolean isComplete(BlobId blob) {
        return held.contains(blob);
    }

    /** Whether the leaves that others may be told of have changed since this was asked last. */
    boolean takeLeavesChanged() {
        boolean changed = leavesChanged;
        leavesChanged = false;
        return changed;
    }

    void lookingAtStore() {
        held.lookBegins();
    }

    /**
     * What is complete in the store, each with the time of its completion; what is just being completed counts when that is told.
     *
     * @return what was on its way in and came by other means
     */
    List<BlobId> storeHolds(Map<BlobId, Long> found) {
        HeldBlobs.Look look = held.look(found);
        Map<BlobId, Long> blobs = look.blobs();
        returned.addAll(look.returned());
        transfers.values().stream()
                .filter(transfer -> transfer.phase() == TransferPhase.COMMITTING)
                .forEach(transfer -> blobs.remove(transfer.blob()));
        List<BlobId> came =
                transfers.keySet().stream().filter(blobs::containsKey).toList();
        came.forEach(this::cameWithoutCommit);
        if (held.replaceAll(blobs)) {
            allToJudge = true;
            leavesChanged = true;
        }
        return came;
    }

    private void cameWithoutCommit(BlobId blob) {
        remove(blob);
        requested.remove(blob);
        effects.close(blob, false);
        neighbourhood.wantsChanged();
    }

    /** Of what there are partial copies in the store, and whether a blob that the manifest does not name has no entry. */
    void storeHoldsPartly(Collection<BlobId> found, boolean allKnown) {
        partials.found(found, transfers::containsKey, allKnown);
    }

    void stored(BlobId blob, long epochMillis) {
        if (held.add(blob, epochMillis)) {
            if (transfers.containsKey(blob)) {
                cameWithoutCommit(blob);
            }
            toJudge.add(blob);
            leavesChanged = true;
        }
    }

    void request(BlobId blob) {
        if (requested.add(blob)) {
            toJudge.add(blob);
        }
    }

    void entryChanged(BlobId blob) {
        toJudge.add(blob);
    }

    void rulesChanged() {
        allToJudge = true;
    }

    /** A transfer's blob is in place. Whether there was such a transfer. */
    boolean committed(BlobId blob, long epochMillis) {
        Transfer transfer = remove(blob);
        if (transfer == null) {
            return false;
        }
        transfer.done();
        neighbourhood.wantsNoLonger(blob);
        if (++doneSinceAsked >= DONE_BETWEEN_QUESTIONS && transfers.size() >= Watch.MAX_WANTS) {
            doneSinceAsked = 0;
            neighbourhood.wantsChanged();
        }
        held.renew(blob, epochMillis);
        BlobView view = transfer.isContested() ? manifest.blob(blob) : null;
        if (view != null) {
            shapes.addAllBut(view, transfer.shape());
        }
        requested.remove(blob);
        toJudge.add(blob);
        leavesChanged = true;
        return true;
    }

    /** What a transfer goes by was shown to be false. It ends, and does not begin again by that. */
    void shapeIsFalse(BlobId blob) {
        Transfer transfer = remove(blob);
        BlobView view = manifest.blob(blob);
        if (transfer == null || view == null) {
            return;
        }
        if (transfer.phase() != TransferPhase.COMMITTING) {
            effects.close(blob, false);
        }
        shapes.add(view, transfer.shape());
        neighbourhood.wantsNoLonger(blob);
        partials.ended(blob);
        toJudge.add(blob);
    }

    void stop() {
        transfers.keySet().forEach(blob -> effects.close(blob, false));
        transfers.clear();
        lookedUp = null;
        running.clear();
        supplied.clear();
        suppliedSmall.clear();
        unsupplied.clear();
        toAskFor = null;
    }

    /**
     * Starts what is to be here and is not, ends what is not to be here. Looks at all blobs only where that is needed.
     *
     * @param wallClock what the wall clock is worth when it says that a retention is over
     */
    void judge(Moment now, Lapses.Clock wallClock) {
        if (!returned.isEmpty()) {
            returned.stream().filter(manifest::isBuried).forEach(blob -> drop(blob, true));
            returned.clear();
        }
        partials.judge(wallClock, now.epochMillis());
        if (!allToJudge && toJudge.isEmpty() && !expiries.isAnyDue(now.epochMillis())) {
            return;
        }
        clock = wallClock;
        toJudge.addAll(expiries.due(now.epochMillis()));
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

    private void judge(BlobView view, Moment now) {
        BlobId blob = view.blob();
        if (!view.isActive()) {
            drop(blob, manifest.entry(new EntryKey(blob, rules.self())) != null);
            return;
        }
        long again = lapses.judge(view, clock, now.epochMillis());
        Transfer transfer = transfers.get(blob);
        if (held.contains(blob)) {
            again = Math.min(again, keepOrExpire(view, now.epochMillis()));
        } else if (transfer != null) {
            transfer.setContested(isContested(view));
            if (!isWanted(view, rules.carries(), now.epochMillis())) {
                remove(blob);
                effects.close(blob, false);
                partials.kept(blob);
                neighbourhood.wantsChanged();
            }
        } else if (isWanted(view, rules.assigns(), now.epochMillis())) {
            start(view, now.nanos());
        }
        expiries.set(blob, again);
    }

    private boolean isWanted(BlobView view, Predicate<ManifestEntry> meant, long epochMillis) {
        return requested.contains(view.blob())
                || view.activeEntries().stream()
                        .map(VerifiedEntry::entry)
                        .anyMatch(entry -> meant.test(entry) && entry.retainedUntil() > epochMillis);
    }

    private void start(BlobView view, long now) {
        BlobView.Shape shape = shapes.credible(view);
        if (shape == null) {
            return;
        }
        Transfer transfer = begin(view, shape);
        transfer.startAt(now + StartDelay.of(rules.self(), view.blob(), shape.size(), peers.size()));
        add(transfer);
        partials.resumed(view.blob());
        effects.revive(view.blob());
    }

    private Transfer begin(BlobView view, BlobView.Shape shape) {
        Transfer transfer = new Transfer(rules.self(), view.blob(), shape, effects, random, downlink);
        transfer.setContested(isContested(view));
        neighbourhood.wants(view.blob());
        return transfer;
    }

    private boolean isContested(BlobView view) {
        BlobView.Shape shape = shapes.credible(view);
        return shape != null && shapes.after(view, shape) != null;
    }

    /** Has a blob be fetched by another of its shapes where nothing comes by the one at hand. */
    private void tryAnother(Transfer stuck, long now) {
        BlobView view = manifest.blob(stuck.blob());
        BlobView.Shape next = view == null ? null : shapes.after(view, stuck.shape());
        if (view != null && next != null) {
            log.info("blob {} is tried as {} bytes with the root {}", stuck.blob(), next.size(), next.root());
            remove(stuck.blob());
            Transfer transfer = begin(view, next);
            transfer.startAt(now);
            transfer.takesOverFrom(stuck);
            add(transfer);
        }
    }

    /** Deletes a receiver's copy whose time is over; when to look again. What this node published is here as long as it is active. */
    private long keepOrExpire(BlobView view, long epochMillis) {
        BlobId blob = view.blob();
        long end = view.activeEntryOf(rules.self()) == null ? endHere(view) : Long.MAX_VALUE;
        if (end > epochMillis) {
            return end;
        }
        if (!clock.isSure().getAsBoolean()) {
            return epochMillis + Lapses.RETRY_MILLIS;
        }
        log.info("blob {} was kept for its retention and is deleted", blob);
        held.letGo(blob);
        effects.evict(blob, false);
        leavesChanged = true;
        return Long.MAX_VALUE;
    }

    /** Until when a receiver keeps a blob, by the entry that keeps it longest; those that are meant for it come first. */
    private long endHere(BlobView view) {
        long end = longest(view, rules.assigns());
        if (end < 0) {
            end = longest(view, rules.carries());
        }
        return end < 0 ? Long.MAX_VALUE : end;
    }

    private long longest(BlobView view, Predicate<ManifestEntry> counts) {
        long since = held.since(view.blob());
        return view.activeEntries().stream()
                .map(VerifiedEntry::entry)
                .filter(counts)
                .mapToLong(entry -> entry.retention()
                        .endMillis(Math.max(since, entry.clock().epochMillis())))
                .max()
                .orElse(-1);
    }

    private void drop(BlobId blob, boolean toGraveyard) {
        if (remove(blob) != null) {
            effects.close(blob, true);
            neighbourhood.wantsChanged();
        }
        partials.ended(blob);
        if (held.letGo(blob)) {
            effects.evict(blob, toGraveyard);
            leavesChanged = true;
        }
        expiries.set(blob, Long.MAX_VALUE);
        shapes.forget(blob);
        requested.remove(blob);
        peers.forget(blob);
    }

    void advanceTransfers(long now, long nextCycle) {
        if (!running.isEmpty()) {
            running.advance(now, nextCycle).forEach(this::place);
        }
        if (supplyLook.look(unsupplied.values(), peers.size(), now, nextCycle)) {
            Stream.of(unsupplied, supplied, suppliedSmall)
                    .flatMap(waiting -> waiting.values().stream())
                    .filter(transfer -> transfer.isContested() && transfer.isStuck())
                    .toList()
                    .forEach(stuck -> tryAnother(stuck, now));
        }
        startSupplied(false, now, nextCycle);
        startSupplied(true, now, nextCycle);
    }

    private void startSupplied(boolean small, long now, long nextCycle) {
        if (supplied(small).isEmpty()) {
            return;
        }
        Iterator<Transfer> waiting = supplied(small).values().iterator();
        while (running.mayRun(small) && waiting.hasNext()) {
            Transfer transfer = waiting.next();
            transfer.advance(now, nextCycle);
            if (!transfer.isWaiting()) {
                waiting.remove();
                running.add(transfer);
            }
        }
    }

    long wakeAt(long now) {
        long wake = Math.min(firstWake(supplied, false, now), firstWake(suppliedSmall, true, now));
        return Math.min(wake, running.wakeAt(now));
    }

    private long firstWake(Map<BlobId, Transfer> waiting, boolean small, long now) {
        long wake = Long.MAX_VALUE;
        if (!waiting.isEmpty() && running.mayRun(small)) {
            for (Transfer transfer : waiting.values()) {
                wake = Math.min(wake, transfer.wakeAt(now));
            }
        }
        return wake;
    }

    /** The leaves here of a blob, for a look at once; null if it is neither held nor wanted. */
    @Nullable
    LeafSet leavesOf(BlobId blob) {
        Transfer transfer = transfer(blob);
        if (transfer != null) {
            return transfer.held();
        }
        BlobView view = held.contains(blob) ? manifest.blob(blob) : null;
        return view == null || !view.isActive()
                ? null
                : LeafSet.all(layoutOf(view).leafCount());
    }

    /** How many leaves {@link #leavesOf} gives; -1 for null. */
    int countOf(BlobId blob) {
        Transfer transfer = transfer(blob);
        if (transfer != null) {
            return transfer.heldCount();
        }
        BlobView view = held.contains(blob) ? manifest.blob(blob) : null;
        return view == null || !view.isActive() ? -1 : layoutOf(view).leafCount();
    }

    /** By this node's own entry, if there is one: what it published it had. */
    private BlobLayout layoutOf(BlobView view) {
        VerifiedEntry own = view.activeEntryOf(rules.self());
        BlobView.Shape shape = own == null ? shapes.credible(view) : BlobView.Shape.of(own);
        return new BlobLayout(shape == null ? view.size() : shape.size());
    }

    /** For how long a blob is being fetched, 0 if that is about to begin; {@link Long#MAX_VALUE} if it is not on its way in. */
    long fetchingFor(BlobId blob, long now) {
        Transfer transfer = transfer(blob);
        return transfer == null ? Long.MAX_VALUE : transfer.fetchingFor(now);
    }

    /** What the manifest says of a blob that is complete here and that this node publishes; null if it is not so. */
    @Nullable
    BlobView ownSeed(BlobId blob) {
        BlobView view = held.contains(blob) ? manifest.blob(blob) : null;
        return view == null || view.activeEntryOf(rules.self()) == null ? null : view;
    }

    /** How long to wait between two reports of new leaves to one peer, in nanoseconds, where so many peers listen to one blob. */
    long reportGap(int listeners, long now) {
        long gap = listeners > MANY_LISTENERS ? MAX_REPORT_GAP_AMONG_MANY_NANOS : MAX_REPORT_GAP_NANOS;
        long end = running.nearestEnd(now);
        return end < 0 ? MIN_REPORT_GAP_NANOS : Math.max(MIN_REPORT_GAP_NANOS, Math.min(gap, end / REPORTS_TO_AN_END));
    }

    @Override
    public Announcement.@Nullable Holding of(BlobId blob) {
        BlobView view = manifest.blob(blob);
        return view == null ? null : holding(view);
    }

    @Override
    public List<Announcement.Holding> all() {
        List<Announcement.Holding> holdings = new ArrayList<>();
        for (BlobView view : manifest.blobs()) {
            Announcement.Holding holding = holding(view);
            if (holding != null) {
                holdings.add(holding);
            }
        }
        return holdings;
    }

    private Announcement.@Nullable Holding holding(BlobView view) {
        BlobId blob = view.blob();
        if (!view.isActive()) {
            return null;
        }
        int chunks = layoutOf(view).chunkCount();
        Transfer transfer = transfers.get(blob);
        if (transfer != null) {
            return new Announcement.Holding(blob, transfer.held().fullChunks(), chunks);
        }
        return held.contains(blob) ? new Announcement.Holding(blob, chunks, chunks) : null;
    }
}
