package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
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

    /** Nothing from a peer for this long, while it owes something, and its requests are given to others. */
    private static final long STALL_NANOS = 3_000_000_000L;

    /** Who was seen to take nothing from a seeder for this long may lose what is his: what was on its way is reported by then. */
    private static final long PATIENCE_NANOS = 150_000_000L;

    /** And after so much more for each node that comes before this one: whoever is first spares the others the trouble. */
    private static final long PATIENCE_STEP_NANOS = 50_000_000L;

    /** Nothing under way for this long and any leaf is taken from anyone. */
    private static final long STARVED_NANOS = 150_000_000L;

    /** A leaf that a silent peer has owed for this long is asked for a second time. */
    private static final long SILENT_NANOS = 250_000_000L;

    /** A leaf is asked for a second time if that promises to be so many times faster. */
    private static final double FASTER = 4;

    /** Peers asked at a time for one blob, and so connections opened for it: more only share the same line. */
    private static final int MAX_ACTIVE_SOURCES = 8;

    /**
     * With more peers to choose from than that, one slower than this share of the average is left for another when it has given
     * what it owes. In a closed network of queues (Gordon and Newell 1967) with eight customers for each server a tenth of the
     * servers would idle; this finds those that do. From 0.8 to 1.1 the simulated makespan hardly differs, but below 1 peers that
     * are all alike would never be left; with 0.5 as with 1.25 the last of two hundred nodes end a tenth later.
     */
    private static final double KEEP_ASKING = 1.1;

    /** Asked for at once from all peers together until it is known how fast the own line is. */
    private static final long FIRST_BYTES_IN_FLIGHT = 2L << 20;

    /** Later as much as came in such a time: more would only wait in queues on the way, and every peer would seem slow. */
    private static final double IN_FLIGHT_SECONDS = 0.12;

    /** But what came in so many round trips at least, so that it doubles with each until the line is full. */
    private static final double IN_FLIGHT_ROUND_TRIPS = 2;

    private static final Comparator<Source> LEASES_FIRST = (a, b) -> Boolean.compare(b.isLeasing(), a.isLeasing());

    private static final Comparator<Source> ACTIVE_FIRST =
            LEASES_FIRST.thenComparing((a, b) -> Boolean.compare(b.isActive(), a.isActive()));

    private static final Comparator<Source> PARTIAL_FIRST = LEASES_FIRST
            .thenComparing((a, b) -> Boolean.compare(a.isFull(), b.isFull()))
            .thenComparingLong(Source::inFlightBytes);

    private final BlobLayout layout;
    private final int leaves;
    private final RandomGenerator random;
    private final LeafSet held;
    private final LeafBits here;
    private final LeafBits underWay;
    private final LeafBits twice;
    private final Rarity rarity;
    private final Map<PeerAddress, Source> sources = new LinkedHashMap<>();
    private final Map<Long, OpenRequest> requests = new LinkedHashMap<>();
    private final Wanters wanters;
    private int leavesUnderWay;
    private int seeders;
    private long bytesInFlight;
    private final Arrivals arrivals = new Arrivals((long) (IN_FLIGHT_SECONDS * 1e9));
    private long nextRequest = 1;
    private long lastActivity = Long.MIN_VALUE;
    private long duplicateBytes;

    /** Before this no request can be overdue, unless one may be of no use any more. */
    private long stallAt = Long.MIN_VALUE;

    private boolean mayBeUseless;

    private double longestRoundTrip;
    private boolean roundTripsChanged;

    /** No source is paused for longer than this. */
    private long pausesEnd = Long.MIN_VALUE;

    RarestFirstScheduler(PeerId self, BlobLayout layout, LeafSet held, RandomGenerator random) {
        this.layout = layout;
        this.leaves = layout.leafCount();
        this.random = random;
        this.held = held.copy();
        this.here = LeafBits.of(held);
        this.underWay = new LeafBits(leaves);
        this.twice = new LeafBits(leaves);
        this.rarity = new Rarity(leaves);
        this.wanters = new Wanters(self, leaves);
    }

    private static final class OpenRequest {
        private final Source source;
        private final int first;
        private final int end;
        private final boolean again;
        private final long sentAt;
        private long owedBytes;

        OpenRequest(Source source, int first, int end, boolean again, long sentAt, long owedBytes) {
            this.source = source;
            this.first = first;
            this.end = end;
            this.again = again;
            this.sentAt = sentAt;
            this.owedBytes = owedBytes;
        }
    }

    @Override
    public void peerHolds(PeerAddress peer, PeerId id, LeafSet leaves, long now) {
        Source source = sources.get(peer);
        LeafBits bits = LeafBits.of(leaves);
        if (source == null) {
            source = new Source(peer, id, now);
            source.report(id, new LeafBits(this.leaves), false);
            sources.put(peer, source);
        }
        seeders += (leaves.isFull() ? 1 : 0) - (source.isFull() ? 1 : 0);
        boolean firstCopies = rarity.changed(source.holds(), bits, seeders);
        source.report(id, bits, leaves.isFull());
        source.spoke();
        if (leaves.isFull()) {
            wanters.wantsNoMore(id);
        } else {
            wanters.has(id, leaves.size(), firstCopies, now);
        }
        if (lastActivity == Long.MIN_VALUE) {
            lastActivity = now;
        }
    }

    @Override
    public void peerLeases(PeerAddress peer, boolean leases) {
        Source source = sources.get(peer);
        if (source != null) {
            source.leases(leases);
        }
    }

    @Override
    public void roundTrip(PeerAddress peer, long nanos) {
        Source source = sources.get(peer);
        if (source != null) {
            double before = source.roundTripSeconds();
            source.roundTrip(nanos);
            roundTripsChanged |= source.roundTripSeconds() != before;
        }
    }

    @Override
    public void peerGone(PeerAddress peer) {
        Source source = sources.remove(peer);
        if (source != null) {
            seeders -= source.isFull() ? 1 : 0;
            rarity.changed(source.holds(), new LeafBits(leaves), 0);
            wanters.gone(source.id());
            roundTripsChanged = true;
            requests.entrySet().stream()
                    .filter(entry -> entry.getValue().source == source)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(this::close);
        }
    }

    @Override
    public void leafStored(long request, int leaf, long now) {
        lastActivity = now;
        OpenRequest open = requests.get(request);
        int bytes = layout.leafLength(leaf);
        arrivals.add(bytes, now);
        if (open != null) {
            open.source.arrived(bytes, now);
            settle(open, bytes);
        }
        mayBeUseless |= open == null || open.again || twice.contains(leaf);
        if (held.add(leaf)) {
            here.add(leaf);
        } else {
            duplicateBytes += bytes;
        }
    }

    @Override
    public void leafRejected(long request, int leaf) {
        OpenRequest open = requests.get(request);
        if (open != null) {
            settle(open, layout.leafLength(leaf));
            withdraw(open.source, leaf, leaf + 1);
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
                withdraw(open.source, open.first, open.end);
                open.source.lacked(now);
                paused(open.source);
            }
            case BROKEN -> {
                open.source.broke(now);
                paused(open.source);
            }
        }
    }

    @Override
    public List<Fetch> next(long now) {
        List<Fetch> fetches = new ArrayList<>();
        if (held.isFull()) {
            return fetches;
        }
        long room = mostInFlight(now) - bytesInFlight;
        if (room <= 0) {
            return fetches;
        }
        int active = 0;
        boolean some = false;
        for (Source source : sources.values()) {
            active += source.isActive() ? 1 : 0;
            some |= source.hasRoom(now);
        }
        List<Source> order = some ? withRoom(now) : List.of();
        if (order.isEmpty()) {
            return fetches;
        }
        if (seeders > 0) {
            wanters.shareAnew(held.size());
        }
        Rates rates = new Rates();
        while (!order.isEmpty()) {
            List<Source> able = new ArrayList<>();
            for (Source source : order) {
                boolean idle = !source.isActive();
                boolean mayAsk = room > 0 && isBelowShare(source, rates, now) && (!idle || active < MAX_ACTIVE_SOURCES);
                Fetch fetch = mayAsk ? fetchFrom(source, now) : null;
                if (fetch != null) {
                    fetches.add(fetch);
                    room -= layout.rangeLength(fetch.first(), fetch.end());
                    able.add(source);
                    active += idle ? 1 : 0;
                }
            }
            order = able;
        }
        return fetches;
    }

    /** Sources that may be asked for more, in the order in which they are to be asked. */
    private List<Source> withRoom(long now) {
        boolean crowded = isCrowded();
        double enough = crowded ? KEEP_ASKING * averageOfActive() : 0;
        List<Source> order = new ArrayList<>();
        for (Source source : sources.values()) {
            boolean takesTurns = crowded && source.isActive() && !source.isLeasing();
            if (source.hasRoom(now) && (!takesTurns || source.bytesPerSecond() >= enough)) {
                order.add(source);
                if (crowded) {
                    Collections.swap(order, random.nextInt(order.size()), order.size() - 1);
                }
            }
        }
        order.sort(crowded ? ACTIVE_FIRST : PARTIAL_FIRST);
        return order;
    }

    /** Whether more sources have something that is missing here than may be asked at a time. */
    private boolean isCrowded() {
        if (sources.size() <= MAX_ACTIVE_SOURCES) {
            return false;
        }
        int useful = 0;
        for (Source source : sources.values()) {
            useful +=
                    source.isActive() || new LeafBits.Query(source.holds(), null, here, underWay).next(0) >= 0 ? 1 : 0;
            if (useful > MAX_ACTIVE_SOURCES) {
                return true;
            }
        }
        return false;
    }

    private double averageOfActive() {
        double sum = 0;
        int count = 0;
        for (Source source : sources.values()) {
            sum += source.isActive() ? source.bytesPerSecond() : 0;
            count += source.isActive() ? 1 : 0;
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Whether a source owes no more than its part of what is left, as fast as it is: what all owe is then here at one time. */
    private boolean isBelowShare(Source source, Rates rates, long now) {
        if (!source.hasRoom(now)) {
            return false;
        }
        if (!source.isActive() || rates.sum <= 0) {
            return true;
        }
        long left = layout.size() - (long) (held.size() + leavesUnderWay) * BlobLayout.LEAF_BYTES + bytesInFlight;
        return source.inFlightBytes() + BlobLayout.LEAF_BYTES <= Math.max(0, left) * rates.of(source) / rates.sum;
    }

    /** How fast sources are; one that has given nothing yet is taken for an average one. */
    private final class Rates {
        private final double average;
        private final double sum;

        Rates() {
            double known = 0;
            int count = 0;
            for (Source source : sources.values()) {
                known += source.bytesPerSecond();
                count += source.bytesPerSecond() > 0 ? 1 : 0;
            }
            this.average = count == 0 ? 0 : known / count;
            this.sum = average * sources.size();
        }

        double of(Source source) {
            return source.bytesPerSecond() > 0 ? source.bytesPerSecond() : average;
        }
    }

    private long mostInFlight(long now) {
        if (roundTripsChanged) {
            roundTripsChanged = false;
            longestRoundTrip = 0;
            for (Source source : sources.values()) {
                longestRoundTrip = Math.max(longestRoundTrip, source.roundTripSeconds());
            }
        }
        double times = Math.max(1, IN_FLIGHT_ROUND_TRIPS * longestRoundTrip / IN_FLIGHT_SECONDS);
        return Math.max(FIRST_BYTES_IN_FLIGHT, (long) (arrivals.within(now) * times));
    }

    @Override
    public List<Long> overdue(long now) {
        if (!mayBeUseless && now < stallAt) {
            return List.of();
        }
        mayBeUseless = false;
        stallAt = now + STALL_NANOS;
        List<Long> late = new ArrayList<>();
        requests.forEach((number, open) -> {
            boolean useless = held.containsRange(open.first, open.end);
            long since = Math.max(open.sentAt, open.source.lastArrival());
            if (useless || now - since >= STALL_NANOS) {
                late.add(number);
            } else {
                stallAt = Math.min(stallAt, since + STALL_NANOS);
            }
        });
        for (Long number : late) {
            OpenRequest open = close(number);
            if (open != null && !held.containsRange(open.first, open.end)) {
                open.source.broke(now);
                paused(open.source);
            }
        }
        return late;
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
        long wake = now + (requests.isEmpty() ? PATIENCE_STEP_NANOS : PATIENCE_NANOS);
        if (pausesEnd != Long.MIN_VALUE && now - pausesEnd < 0) {
            for (Source source : sources.values()) {
                if (source.isPaused(now)) {
                    wake = Math.min(wake, source.pausedUntil());
                }
            }
        }
        return wake;
    }

    @Override
    public LeafSet held() {
        return held.copy();
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
        LeafBits.Query open = new LeafBits.Query(source.holds(), null, here, underWay);
        boolean again = false;
        int first;
        int most = source.runLeaves();
        LeafBits.Query run = open;
        if (source.isFull() && wanters.share()) {
            run = shareOf(source, 0);
            first = onlyWithSeeders(run, 0, now);
            if (first < 0) {
                first = ofOthers(source, now);
                first = first < 0 && isStarving(now) ? rarest(open) : first;
                most = 1;
            }
        } else {
            first = rarest(open);
        }
        if (first < 0) {
            first = owedForLong(source, now);
            again = first >= 0;
        }
        if (first < 0) {
            return null;
        }
        int end = first + 1;
        while (!again && end < leaves && end - first < most && run.fits(end)) {
            end++;
        }
        return ask(source, first, end, again, now);
    }

    /** The first leaf of a share that nobody but seeders holds, and that its owner has left alone for long enough. */
    private int onlyWithSeeders(LeafBits.Query share, long patience, long now) {
        int leaf = leaves == 0 ? -1 : share.next(0);
        int start = leaf;
        while (leaf >= 0 && (rarity.holders(leaf) > seeders || !isLeftAlone(leaf, patience, now))) {
            int following = leaf + 1 < leaves ? share.next(leaf + 1) : -1;
            leaf = following <= leaf || following == start ? -1 : following;
        }
        return leaf;
    }

    private boolean isLeftAlone(int leaf, long patience, long now) {
        return patience == 0 || wanters.leave(leaf, patience, now);
    }

    private LeafBits.Query shareOf(Source source, int rank) {
        return new LeafBits.Query(source.holds(), wanters.ofRank(rank), here, underWay);
    }

    /** A leaf whose owner does not come to it. */
    private int ofOthers(Source source, long now) {
        for (int rank = 1; rank < Shares.RANKS; rank++) {
            long patience = PATIENCE_NANOS + (rank - 1) * PATIENCE_STEP_NANOS;
            int leaf = onlyWithSeeders(shareOf(source, rank), patience, now);
            if (leaf >= 0) {
                return leaf;
            }
        }
        return -1;
    }

    private boolean isStarving(long now) {
        return requests.isEmpty() && now - lastActivity >= STARVED_NANOS;
    }

    private int rarest(LeafBits.Query open) {
        int from = leaves == 0 ? 0 : random.nextInt(leaves);
        for (int step = 0; step < rarity.steps(); step++) {
            int leaf = new LeafBits.Query(open.in(), rarity.few(step), open.notIn(), open.norIn()).next(from);
            if (leaf >= 0) {
                return leaf;
            }
        }
        return open.next(from);
    }

    /** A leaf that another peer owes and is not likely to give soon, for a peer that has nothing else to give. */
    private int owedForLong(Source source, long now) {
        if (source.isActive() || held.size() + leavesUnderWay < leaves) {
            return -1;
        }
        for (OpenRequest open : requests.values()) {
            long silent = now - Math.max(open.sentAt, open.source.lastArrival());
            boolean slow = open.source.secondsToGive(open.source.inFlightBytes())
                    > FASTER * source.secondsToGive(BlobLayout.LEAF_BYTES) + SILENT_NANOS / 2e9;
            if (open.source != source && (silent >= SILENT_NANOS || slow)) {
                for (int leaf = open.end - 1; leaf >= open.first; leaf--) {
                    if (!here.contains(leaf)
                            && !twice.contains(leaf)
                            && source.holds().contains(leaf)) {
                        return leaf;
                    }
                }
            }
        }
        return -1;
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
        requests.put(number, new OpenRequest(source, first, end, again, now, bytes));
        lastActivity = now;
        return new Fetch(number, source.address(), first, end);
    }

    private void withdraw(Source source, int first, int end) {
        seeders -= source.isFull() ? 1 : 0;
        for (int leaf = first; leaf < end; leaf++) {
            if (source.holds().contains(leaf)) {
                source.withdraw(leaf);
                rarity.change(leaf, -1);
            }
        }
        seeders += source.isFull() ? 1 : 0;
    }

    private void settle(OpenRequest open, long bytes) {
        long settled = Math.min(bytes, open.owedBytes);
        open.owedBytes -= settled;
        open.source.settled(settled);
        bytesInFlight -= settled;
    }

    private @Nullable OpenRequest close(long number) {
        OpenRequest open = requests.remove(number);
        if (open != null) {
            settle(open, open.owedBytes);
            for (int leaf = open.first; leaf < open.end; leaf++) {
                if (open.again) {
                    twice.remove(leaf);
                } else {
                    underWay.remove(leaf);
                    leavesUnderWay--;
                }
            }
        }
        return open;
    }

    @Override
    public String toString() {
        return "RarestFirstScheduler[" + held + ", " + sources.size() + " sources, " + requests.size() + " requests, "
                + seeders + " seeders]";
    }
}
