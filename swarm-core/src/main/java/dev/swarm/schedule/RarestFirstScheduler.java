package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the leaves that fewest peers hold first, and shares the work of emptying seeders.
 *
 * <p>Makespan follows the seeder's duplicate uploads: every leaf should leave it once before any leaves it twice. So leaves that
 * only seeders hold have one owner each among the nodes that still want the blob ({@link Shares}). A node asks seeders for the
 * leaves it owns, the other owners for theirs as they get them. A node that starves takes what it can get.
 */
final class RarestFirstScheduler implements Scheduler {

    /** Nothing under way for this long and any leaf is taken from anyone. */
    private static final long STARVED_NANOS = 150_000_000L;

    /** The same from far away, where a leaf waits behind those of all others who are near. */
    private static final long FAR_STARVED_NANOS = 2_000_000_000L;

    /** A leaf that a silent peer has owed for this long is asked for a second time. */
    private static final long SILENT_NANOS = 250_000_000L;

    /** The same where a round trip takes longer than that: there and back, and as much again for what is lost on the way. */
    private static final int SILENT_ROUND_TRIPS = 2;

    /** A leaf is asked for a second time if that promises to be so many times faster. */
    private static final double FASTER = 4;

    /**
     * Peers asked at a time for one blob, and so connections opened for it: more only share the same line. With 12 the same leaf is asked
     * for where only one has it by so many that two hundred simulated nodes take a twelfth longer for 10 MiB, with 4 a twentieth.
     */
    private static final int MAX_ACTIVE_SOURCES = 8;

    /**
     * Of these, kept for peers that say that they idle where there are more to choose from. With none, two hundred simulated nodes take
     * 1.12 of the bound for 256 MiB, with one 1.10: whoever lacks what an idle one has waits for eight others. Two or three bring no more.
     */
    private static final int KEPT_FOR_IDLE = 1;

    /**
     * With more peers to choose from than that, one slower than this share of the average is left for another when it has given
     * what it owes. In a closed network of queues (Gordon and Newell 1967) with eight customers for each server a tenth of the
     * servers would idle; this finds those that do. From 0.8 to 1.1 the simulated makespan hardly differs, but below 1 peers that
     * are all alike would never be left; with 0.5 as with 1.25 the last of two hundred nodes end a tenth later.
     */
    private static final double KEEP_ASKING = 1.1;

    /** With more, each of the rarest leaves is as likely; with nine, one slow node among them holds up more often that way. */
    private static final int MANY_SOURCES = 2 * MAX_ACTIVE_SOURCES;

    /**
     * With fewer who want the blob for each that has all of it, leaves are taken from the latter as from anyone. Late ones of fifty
     * nodes, most of whose sources were through, had four leaves under way where there was room for thirty.
     */
    private static final int WANTERS_FOR_A_SEEDER = 2;

    /** While there are fewer runs left for each source than that, leaves are asked for one by one. */
    private static final int END_RUNS = 8;

    /** One of so many requests is for the first missing leaf, as the whole is hashed in order: a twelfth of a blob was left for the end. */
    private static final int FIRST_OF_ALL = 8;

    private final BlobLayout layout;
    private final int leaves;
    private final int unit;
    private final RandomGenerator random;
    private final LeafSet held;
    private final LeafBits underWay;
    private final LeafBits twice;
    private final Holders holders;

    /** What a peer holds before it has said anything. */
    private final LeafSet nothing;

    private final Map<PeerAddress, Source> byAddress = new HashMap<>();

    /** The same, in the order in which they came. */
    private final List<Source> sources = new ArrayList<>();

    private @Nullable Source lookedUp;
    private final OpenRequests requests = new OpenRequests();
    private final Wanters wanters;
    private final Owned owned;
    private int leavesUnderWay;

    /** Grows whenever a leaf that was asked for has to be asked for again. */
    private int wantedGrew;

    /** Whom to ask at this moment. */
    private final AskOrder order = new AskOrder();

    private long bytesInFlight;
    private final FlightLimit limit = new FlightLimit();
    private long nextRequest = 1;
    private long lastActivity = Long.MIN_VALUE;
    private long duplicateBytes;

    private final Overdue overdue = new Overdue();

    /** No source is paused for longer than this. */
    private long pausesEnd = Long.MIN_VALUE;

    RarestFirstScheduler(PeerId self, BlobLayout layout, LeafSet held, RandomGenerator random) {
        this.layout = layout;
        this.leaves = layout.leafCount();
        this.unit = layout.unitLeaves();
        this.random = random;
        this.held = held.copy();
        this.nothing = LeafSet.none(leaves);
        this.underWay = new LeafBits(leaves);
        this.twice = new LeafBits(leaves);
        this.holders = new Holders(leaves);
        this.wanters = new Wanters(self, layout);
        this.owned = new Owned(wanters, holders, this.held, underWay, random);
    }

    @Override
    public void peerHolds(PeerAddress peer, PeerId id, LeafSet leaves, long now) {
        Source source = source(peer);
        if (source == null) {
            source = new Source(peer, id, now);
            source.report(id, nothing);
            byAddress.put(peer, source);
            sources.add(source);
            lookedUp = source;
        }
        boolean firstCopies = holders.report(source, leaves);
        source.report(id, leaves);
        told(source, firstCopies, now);
    }

    @Override
    public void peerHoldsMore(PeerAddress peer, PeerId id, int[] more, long now) {
        Source source = source(peer);
        if (source == null) {
            return;
        }
        boolean firstCopies = holders.reportMore(source, more);
        source.reportMore(id, more);
        told(source, firstCopies, now);
    }

    /** A source has said what it holds. */
    private void told(Source source, boolean firstCopies, long now) {
        PeerId id = source.id();
        source.spoke();
        source.idle(false);
        Wanters.Peer wanter = source.wanter();
        if (wanter == null || Wanters.isGone(wanter, id)) {
            wanter = wanters.peer(id);
            source.wanter(wanter);
            wanters.far(wanter, source.isFar());
        }
        if (source.isFull()) {
            wanters.wantsNoMore(wanter);
        } else {
            wanters.has(wanter, source.holds().size(), firstCopies, now);
        }
        if (lastActivity == Long.MIN_VALUE) {
            lastActivity = now;
        }
    }

    /** Who reports is told of in three calls, so the one that was asked for last is often asked for again. */
    @SuppressWarnings("ReferenceEquality") // Equal ones are found in the map.
    private @Nullable Source source(PeerAddress peer) {
        Source last = lookedUp;
        if (last == null || last.address() != peer) {
            last = byAddress.get(peer);
            lookedUp = last;
        }
        return last;
    }

    @Override
    public void peerLeases(PeerAddress peer, boolean leases) {
        Source source = source(peer);
        if (source != null) {
            source.leases(leases);
        }
    }

    @Override
    public void peerIsIdle(PeerAddress peer) {
        Source source = source(peer);
        if (source != null) {
            source.idle(true);
        }
    }

    @Override
    public void roundTrip(PeerAddress peer, long nanos) {
        Source source = source(peer);
        if (source != null) {
            long before = source.roundTripNanos();
            source.roundTrip(nanos);
            if (nanos != before) {
                limit.roundTripsChanged();
                holders.distancesChanged();
            }
        }
    }

    @Override
    public void peerGone(PeerAddress peer) {
        Source source = byAddress.remove(peer);
        if (source != null) {
            sources.remove(source);
            lookedUp = null;
            holders.gone(source, nothing);
            wanters.gone(source.id());
            limit.roundTripsChanged();
            requests.of(source).forEach(open -> close(open.number()));
        }
    }

    @Override
    public void leafStored(long request, int leaf, long now) {
        lastActivity = now;
        OpenRequest open = requests.get(request);
        int bytes = layout.leafLength(leaf);
        limit.arrived(bytes, now);
        if (open != null) {
            open.source().arrived(bytes, now);
            settle(open, bytes);
        }
        if (open == null || open.again() || twice.contains(leaf)) {
            overdue.oneMayBeUseless();
        }
        if (!held.add(leaf)) {
            duplicateBytes += bytes;
        }
    }

    @Override
    public void bytesArrived(long request, long now) {
        OpenRequest open = requests.get(request);
        if (open != null) {
            open.source().bytesArrived(now);
        }
    }

    @Override
    public void leafRejected(long request, int leaf) {
        OpenRequest open = requests.get(request);
        if (open != null) {
            settle(open, layout.leafLength(leaf));
            holders.withdraw(open.source(), leaf, leaf + 1);
        }
    }

    @Override
    public void requestEnded(long request, Ending ending, long now) {
        OpenRequest open = close(request);
        if (open == null) {
            return;
        }
        switch (ending) {
            case COMPLETE -> {}
            case NOT_HELD -> {
                holders.withdraw(open.source(), open.first(), open.end());
                open.source().lacked(now);
                paused(open.source());
            }
            case BROKEN -> {
                open.source().broke(now);
                paused(open.source());
            }
        }
    }

    @Override
    public List<Fetch> next(long now) {
        if (held.isFull()) {
            return List.of();
        }
        long room = limit.bytes(sources, now) - bytesInFlight;
        if (room <= 0) {
            return List.of();
        }
        if (holders.lookAtDistances(sources)) {
            wanters.distancesChanged(sources);
        }
        int active = 0;
        int activeFar = 0;
        boolean some = false;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            active += !source.isFar() && source.isActive() ? 1 : 0;
            activeFar += source.countsAsFar() && source.isActive() ? 1 : 0;
            some |= source.hasRoom(now) && mayGive(source);
        }
        order.clear();
        boolean crowded = some && isCrowded();
        if (some) {
            orderWithRoom(crowded, now);
        }
        if (order.size() == 0) {
            return List.of();
        }
        if (holders.seeders() > 0 || holders.someAreFar()) {
            wanters.shareAnew(held.size());
        }
        int mostFar = Math.max(1, MAX_ACTIVE_SOURCES / (1 + wanters.sharers()));
        List<Fetch> fetches = new ArrayList<>();
        Rates rates = new Rates(sources);
        while (order.size() > 0) {
            int asked = 0;
            for (int i = 0; i < order.size(); i++) {
                Source source = order.at(i);
                boolean idle = !source.isActive();
                int mostNear = MAX_ACTIVE_SOURCES - (crowded && !source.isIdle() ? KEPT_FOR_IDLE : 0);
                boolean mayBegin = source.countsAsFar() ? activeFar < mostFar : source.isFar() || active < mostNear;
                boolean mayAsk = room > 0 && (!idle || mayBegin) && isBelowShare(source, rates, now);
                Fetch fetch = mayAsk ? fetchFrom(source, now) : null;
                if (fetch != null) {
                    fetches.add(fetch);
                    room -= layout.rangeLength(fetch.first(), fetch.end());
                    order.set(asked++, source);
                    active += idle && !source.isFar() ? 1 : 0;
                    activeFar += idle && source.countsAsFar() ? 1 : 0;
                }
            }
            order.truncate(asked);
        }
        return fetches;
    }

    /** Puts sources that may be asked for more into {@link #order}, in the order in which they are to be asked. */
    private void orderWithRoom(boolean crowded, long now) {
        double enough = crowded ? KEEP_ASKING * Rates.averageOfActive(sources) : 0;
        order.clear();
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            boolean takesTurns = crowded && source.isActive() && !source.isLeasing() && !source.isFar();
            if (source.hasRoom(now) && mayGive(source) && (!takesTurns || source.bytesPerSecond() >= enough)) {
                order.add(source);
                if (crowded) {
                    order.swapLast(random.nextInt(order.size()));
                }
            }
        }
        order.sort(crowded);
    }

    /** Whether more sources have something that is missing here than may be asked at a time. */
    private boolean isCrowded() {
        if (sources.size() <= MAX_ACTIVE_SOURCES) {
            return false;
        }
        int useful = 0;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            useful += !source.isFar() && (source.isActive() || hasUse(source)) ? 1 : 0;
            if (useful > MAX_ACTIVE_SOURCES) {
                return true;
            }
        }
        return false;
    }

    /** Whether a source holds anything that is neither here nor asked for. What there was is looked at first. */
    private boolean hasUse(Source source) {
        if (source.isOfNoUse(wantedGrew)) {
            return false;
        }
        int leaf = openAt(source).next(source.useSeen());
        source.sawUse(leaf, wantedGrew);
        return leaf >= 0;
    }

    /** Whether a source could be asked for something, as far as is known without a look at what it holds: mostly it has nothing new. */
    private boolean mayGive(Source source) {
        boolean allAreUnderWay = held.size() + leavesUnderWay >= leaves;
        return !source.isOfNoUse(wantedGrew) || source.isFar() || source.isFull() || allAreUnderWay;
    }

    private LeafBits.Query openAt(Source source) {
        return new LeafBits.Query(source.holds(), null, held, underWay);
    }

    /** Whether a source owes no more than its part of what is left, as fast as it is: what all owe is then here at one time. */
    private boolean isBelowShare(Source source, Rates rates, long now) {
        if (!source.hasRoom(now)) {
            return false;
        }
        if (!source.isActive() || rates.sum() <= 0) {
            return true;
        }
        long left = layout.size() - (long) (held.size() + leavesUnderWay) * BlobLayout.LEAF_BYTES + bytesInFlight;
        return source.inFlightBytes() + BlobLayout.LEAF_BYTES <= Math.max(0, left) * rates.of(source) / rates.sum();
    }

    @Override
    public List<Long> overdue(long now) {
        List<OpenRequest> late = overdue.among(requests, held, now);
        for (OpenRequest open : late) {
            close(open.number());
            if (!open.isUseless(held)) {
                open.source().broke(now);
                paused(open.source());
            }
        }
        return late.stream().map(OpenRequest::number).toList();
    }

    private void paused(Source source) {
        boolean first = pausesEnd == Long.MIN_VALUE;
        pausesEnd = first || source.pausedUntil() - pausesEnd > 0 ? source.pausedUntil() : pausesEnd;
    }

    @Override
    public long wakeAt(long now) {
        if (held.isFull() || sources.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long wake = now + (requests.isEmpty() ? Owned.PATIENCE_STEP_NANOS : Owned.PATIENCE_NANOS);
        if (pausesEnd != Long.MIN_VALUE && now - pausesEnd < 0) {
            for (Source source : sources) {
                if (source.isPaused(now)) {
                    wake = Math.min(wake, source.pausedUntil());
                }
            }
        }
        return wake;
    }

    @Override
    public LeafSet held() {
        return held;
    }

    @Override
    public int heldCount() {
        return held.size();
    }

    @Override
    public boolean isComplete() {
        return held.isFull();
    }

    @Override
    public long duplicateBytes() {
        return duplicateBytes;
    }

    private @Nullable Fetch fetchFrom(Source source, long now) {
        LeafBits.Query open = openAt(source);
        boolean again = false;
        int first;
        LeafBits.@Nullable Query run = open;
        if (source.isFar() || (source.isFull() && seedersAreFew())) {
            first = owned.next(source, now);
            run = owned.run();
            if (first < 0 && isStarving(source, now)) {
                first = rarest(source, open);
            }
        } else {
            first = rarest(source, open);
        }
        if (first < 0) {
            first = owedForLong(source, now);
            again = first >= 0;
            run = null;
        }
        if (first < 0) {
            return null;
        }
        int end = first + 1;
        boolean endIsNear = leaves - held.size() - leavesUnderWay < END_RUNS * unit * sources.size();
        int most = Math.min(leaves, source.runEnd(first, endIsNear ? 1 : unit));
        while (run != null && end < most && run.fits(end)) {
            end++;
        }
        return ask(source, first, end, again, now);
    }

    /** Whether there are so many who want the blob for each near seeder that leaves should leave it once before any does twice. */
    private boolean seedersAreFew() {
        return wanters.share() && holders.nearSeeders() <= (1 + wanters.sharers()) / WANTERS_FOR_A_SEEDER;
    }

    private boolean isStarving(Source source, long now) {
        return requests.isEmpty() && now - lastActivity >= (source.isFar() ? FAR_STARVED_NANOS : STARVED_NANOS);
    }

    /** One of the rarest leaves that a source has, any of them where there are many sources and so many who ask; or the first. */
    private int rarest(Source source, LeafBits.Query open) {
        if (source.isOfNoUse(wantedGrew)) {
            return -1;
        }
        boolean many = sources.size() > MANY_SOURCES;
        int from = many || leaves == 0 ? 0 : random.nextInt(leaves) / unit * unit;
        int leaf =
                many ? holders.ofAll().anyRarest(open, random) : holders.ofAll().rarest(open, from);
        leaf = random.nextInt(FIRST_OF_ALL) == 0 ? open.next(0) : leaf;
        source.sawUse(leaf, wantedGrew);
        int unitStart = leaf - leaf % unit;
        while (many
                && leaf > unitStart
                && open.fits(leaf - 1)
                && holders.ofAll().isAlike(leaf, leaf - 1)) {
            leaf--;
        }
        return leaf;
    }

    /** A leaf that another peer owes and is not likely to give soon, for a peer that has nothing else to give. */
    private int owedForLong(Source source, long now) {
        if (source.isActive() || held.size() + leavesUnderWay < leaves) {
            return -1;
        }
        for (int i = 0; i < requests.size(); i++) {
            OpenRequest open = requests.at(i);
            long silent = now - Math.max(open.sentAt(), open.source().lastArrival());
            boolean slow = open.source().secondsToGive(open.source().inFlightBytes())
                    > FASTER * source.secondsToGive(BlobLayout.LEAF_BYTES) + SILENT_NANOS / 2e9;
            if (open.source() != source && (silent >= silence(source, open.source()) || slow)) {
                for (int leaf = open.end() - 1; leaf >= open.first(); leaf--) {
                    if (!held.contains(leaf)
                            && !twice.contains(leaf)
                            && source.holds().contains(leaf)) {
                        return leaf;
                    }
                }
            }
        }
        return -1;
    }

    /** For how long one who owes a leaf may say nothing before another one is asked for it. */
    private static long silence(Source asked, Source owing) {
        return Math.max(asked.isFar() ? FAR_STARVED_NANOS : SILENT_NANOS, SILENT_ROUND_TRIPS * owing.roundTripNanos());
    }

    private Fetch ask(Source source, int first, int end, boolean again, long now) {
        long bytes = layout.rangeLength(first, end);
        for (int leaf = first; leaf < end; leaf++) {
            if (again) {
                twice.add(leaf);
            } else {
                underWay.add(leaf);
                leavesUnderWay++;
            }
        }
        source.asked(bytes, now);
        bytesInFlight += bytes;
        long number = nextRequest++;
        requests.add(new OpenRequest(number, source, first, end, again, now, bytes));
        lastActivity = now;
        return new Fetch(number, source.address(), first, end);
    }

    private void settle(OpenRequest open, long bytes) {
        long settled = open.settle(bytes);
        open.source().settled(settled);
        bytesInFlight -= settled;
    }

    private @Nullable OpenRequest close(long number) {
        OpenRequest open = requests.remove(number);
        if (open != null) {
            settle(open, Long.MAX_VALUE);
            for (int leaf = open.first(); leaf < open.end(); leaf++) {
                if (open.again()) {
                    twice.remove(leaf);
                } else {
                    underWay.remove(leaf);
                    leavesUnderWay--;
                }
            }
            wantedGrew += open.again() || open.isUseless(held) ? 0 : 1;
        }
        return open;
    }

    @Override
    public String toString() {
        return "RarestFirstScheduler[" + held + ", " + sources.size() + " sources, " + requests.size() + " requests, "
                + holders.seeders() + " seeders]";
    }
}
