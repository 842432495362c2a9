package dev.swarm.schedule;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the leaves that fewest peers hold first, and shares the work of emptying a lone seeder.
 *
 * <p>Makespan follows the seeder's duplicate uploads: every leaf should leave it once before any leaves it twice. So while one
 * peer alone holds everything, each chunk has one owner among the nodes that still want the blob, found by rendezvous hashing
 * (Thaler and Ravishankar 1998), which needs no agreement beyond knowing each other. A node asks the seeder for the chunks it
 * owns, the other owners for theirs, leaf by leaf as they get them. A node that starves takes what it can get.
 */
final class RarestFirstScheduler implements Scheduler {

    /** Nothing from a peer for this long, while it owes something, and its requests are given to others. */
    private static final long STALL_NANOS = 3_000_000_000L;

    /** Nothing under way for this long and the shares of others are taken from the seeder: two exchanges of reports. */
    private static final long STARVED_NANOS = 150_000_000L;

    /** A leaf under way for this long is asked for a second time by a peer that has nothing better to do. */
    private static final long ENDGAME_NANOS = 600_000_000L;

    /** Peers asked at a time for one blob, and so connections opened for it: more only share the same line. */
    private static final int MAX_ACTIVE_SOURCES = 8;

    private final PeerId self;
    private final BlobLayout layout;
    private final LeafSet held;
    private final RandomGenerator random;
    private final int[] holders;
    private final byte[] underWay;
    private final Map<PeerAddress, Source> sources = new LinkedHashMap<>();
    private final Map<Long, OpenRequest> requests = new LinkedHashMap<>();
    private final Map<PeerId, Long> wanters = new HashMap<>();
    private long nextRequest = 1;
    private long lastActivity = Long.MIN_VALUE;
    private long duplicateBytes;

    RarestFirstScheduler(PeerId self, BlobLayout layout, LeafSet held, RandomGenerator random) {
        this.self = self;
        this.layout = layout;
        this.held = held.copy();
        this.random = random;
        this.holders = new int[layout.leafCount()];
        this.underWay = new byte[layout.leafCount()];
    }

    private static final class OpenRequest {
        private final Source source;
        private final int first;
        private final int end;
        private final long sentAt;
        private long owedBytes;

        OpenRequest(Source source, int first, int end, long sentAt, long owedBytes) {
            this.source = source;
            this.first = first;
            this.end = end;
            this.sentAt = sentAt;
            this.owedBytes = owedBytes;
        }
    }

    @Override
    public void peerHolds(PeerAddress peer, PeerId id, LeafSet leaves, long now) {
        Source source = sources.get(peer);
        LeafSet copy = leaves.copy();
        if (source == null) {
            sources.put(peer, new Source(peer, id, copy, now));
        } else {
            count(source.holds(), -1);
            source.report(id, copy);
        }
        count(copy, 1);
        if (copy.isFull()) {
            wanters.remove(id);
        } else {
            wanters.put(id, salt(id));
        }
        if (lastActivity == Long.MIN_VALUE) {
            lastActivity = now;
        }
    }

    @Override
    public void roundTrip(PeerAddress peer, long nanos) {
        Source source = sources.get(peer);
        if (source != null) {
            source.roundTrip(nanos);
        }
    }

    @Override
    public void peerGone(PeerAddress peer) {
        Source source = sources.remove(peer);
        if (source != null) {
            count(source.holds(), -1);
            wanters.remove(source.id());
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
        if (open != null) {
            open.source.arrived(bytes, now);
            settle(open, bytes);
        }
        if (!held.add(leaf)) {
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
            case NOT_HELD -> withdraw(open.source, open.first, open.end);
            case BROKEN -> open.source.broke(now);
        }
    }

    @Override
    public List<Fetch> next(long now) {
        List<Fetch> fetches = new ArrayList<>();
        if (held.isFull()) {
            return fetches;
        }
        List<Source> order = new ArrayList<>(sources.values());
        order.sort(Comparator.<Source>comparingInt(source -> source.isFull() ? 1 : 0)
                .thenComparingLong(Source::inFlightBytes));
        int active = (int) order.stream().filter(Source::isActive).count();
        boolean asked = true;
        while (asked) {
            asked = false;
            for (Source source : order) {
                boolean idle = !source.isActive();
                boolean mayAsk = source.hasRoom(now) && (!idle || active < MAX_ACTIVE_SOURCES);
                Fetch fetch = mayAsk ? fetchFrom(source, now) : null;
                if (fetch != null) {
                    fetches.add(fetch);
                    asked = true;
                    active += idle ? 1 : 0;
                }
            }
        }
        return fetches;
    }

    @Override
    public List<Long> overdue(long now) {
        List<Long> late = new ArrayList<>();
        requests.forEach((number, open) -> {
            boolean useless = held.containsRange(open.first, open.end);
            long since = Math.max(open.sentAt, open.source.lastArrival());
            if (useless || now - since >= STALL_NANOS) {
                late.add(number);
            }
        });
        for (Long number : late) {
            OpenRequest open = close(number);
            if (open != null && !held.containsRange(open.first, open.end)) {
                open.source.broke(now);
            }
        }
        return late;
    }

    @Override
    public long wakeAt(long now) {
        if (held.isFull() || sources.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long wake = now + (requests.isEmpty() ? STARVED_NANOS : ENDGAME_NANOS);
        for (Source source : sources.values()) {
            if (source.isPaused(now)) {
                wake = Math.min(wake, source.pausedUntil());
            }
        }
        return wake;
    }

    @Override
    public LeafSet held() {
        return held.copy();
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
        int first = choose(source, now);
        if (first < 0) {
            return null;
        }
        boolean again = underWay[first] > 0;
        int end = first + 1;
        int most = Math.min(layout.leafCount(), first + (again ? 1 : source.runLeaves()));
        while (end < most && isOpen(source, end) && underWay[end] == 0) {
            end++;
        }
        long bytes = layout.rangeLength(first, end);
        for (int leaf = first; leaf < end; leaf++) {
            underWay[leaf]++;
        }
        source.asked(bytes, now);
        long number = nextRequest++;
        requests.put(number, new OpenRequest(source, first, end, now, bytes));
        lastActivity = now;
        return new Fetch(number, source.address(), first, end);
    }

    /** The leaf to start the next request to a peer with, or -1. */
    private int choose(Source source, long now) {
        boolean sharing = source.isFull() && isLoneSeeder();
        int chosen = choose(source, sharing);
        if (chosen < 0 && sharing && requests.isEmpty() && now - lastActivity >= STARVED_NANOS) {
            chosen = choose(source, false);
        }
        return chosen >= 0 ? chosen : chooseAgain(source, now);
    }

    private int choose(Source source, boolean ownShareOnly) {
        int chunks = layout.chunkCount();
        int start = chunks == 0 ? 0 : random.nextInt(chunks);
        int best = -1;
        for (int i = 0; i < chunks; i++) {
            int chunk = (start + i) % chunks;
            int leaf = firstOpen(source, chunk);
            boolean better = leaf >= 0 && (best < 0 || holders[leaf] < holders[best]);
            if (better && (!ownShareOnly || (holders[leaf] <= 1 && owns(chunk)))) {
                best = leaf;
                if (holders[best] <= 1) {
                    break;
                }
            }
        }
        return best;
    }

    /** A leaf that another peer has owed for long, for a peer that has nothing else to give. */
    private int chooseAgain(Source source, long now) {
        if (source.inFlightBytes() > 0) {
            return -1;
        }
        for (OpenRequest open : requests.values()) {
            if (open.source != source && now - Math.max(open.sentAt, open.source.lastArrival()) >= ENDGAME_NANOS) {
                for (int leaf = open.first; leaf < open.end; leaf++) {
                    if (underWay[leaf] == 1 && isOpen(source, leaf)) {
                        return leaf;
                    }
                }
            }
        }
        return -1;
    }

    private int firstOpen(Source source, int chunk) {
        int end = layout.firstLeafOfChunk(chunk + 1);
        for (int leaf = layout.firstLeafOfChunk(chunk); leaf < end; leaf++) {
            if (underWay[leaf] == 0 && isOpen(source, leaf)) {
                return leaf;
            }
        }
        return -1;
    }

    private boolean isOpen(Source source, int leaf) {
        return !held.contains(leaf) && source.holds().contains(leaf);
    }

    private boolean isLoneSeeder() {
        return sources.values().stream().filter(Source::isFull).count() == 1 && !wanters.isEmpty();
    }

    private boolean owns(int chunk) {
        long own = weight(salt(self), chunk);
        for (long salt : wanters.values()) {
            if (Long.compareUnsigned(weight(salt, chunk), own) > 0) {
                return false;
            }
        }
        return true;
    }

    private static long salt(PeerId id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.host().length(); i++) {
            hash = (hash ^ id.host().charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** A value that every node computes alike for a node and a chunk (the finaliser of Steele et al., SplitMix64, 2014). */
    private static long weight(long salt, int chunk) {
        long z = salt + chunk * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private void count(LeafSet leaves, int change) {
        for (int leaf = leaves.nextIn(0); leaf >= 0; leaf = leaves.nextIn(leaf + 1)) {
            holders[leaf] += change;
        }
    }

    private void withdraw(Source source, int first, int end) {
        for (int leaf = first; leaf < end; leaf++) {
            if (source.holds().remove(leaf)) {
                holders[leaf]--;
            }
        }
    }

    private static void settle(OpenRequest open, long bytes) {
        long settled = Math.min(bytes, open.owedBytes);
        open.owedBytes -= settled;
        open.source.settled(settled);
    }

    private @Nullable OpenRequest close(long number) {
        OpenRequest open = requests.remove(number);
        if (open != null) {
            settle(open, open.owedBytes);
            for (int leaf = open.first; leaf < open.end; leaf++) {
                underWay[leaf]--;
            }
        }
        return open;
    }

    @Override
    public String toString() {
        return "RarestFirstScheduler[" + held + ", " + sources.size() + " sources, " + requests.size() + " requests, "
                + Arrays.stream(holders).filter(n -> n == 0).count() + " leaves nobody holds]";
    }
}
