package dev.swarm.peer;

import dev.swarm.blob.BlobId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A peer map in memory. */
final class PeerTable implements PeerMap {

    /** Wait after the first failure: about one round trip on a bad link, so a restarting peer is found again quickly. */
    private static final long FIRST_RETRY_NANOS = 250_000_000L;

    /** Doublings until the wait stays the same: 250 ms to 16 s, below which a dead address costs next to nothing. */
    private static final int MAX_DOUBLINGS = 6;

    /** How long the second address of a peer is left alone: asking there once a minute costs nothing. */
    private static final long SPARE_NANOS = 60_000_000_000L;

    /** Claims kept for one peer: more than a busy node distributes at once. */
    private static final int MAX_CLAIMS_PER_PEER = 1_024;

    private final PeerId self;
    private final int maxPeers;
    private final Map<PeerAddress, Entry> entries = new LinkedHashMap<>();

    /** Those that are not proven, who was heard longest ago first. */
    private final HintOrder hints = new HintOrder();

    /** Those that have, or had, to wait until they are asked again. */
    private final Set<Entry> waiting = new LinkedHashSet<>();

    private final Map<BlobId, Set<PeerAddress>> holders = new HashMap<>();
    private long changes;

    /** The one that was looked up last: what a report brings is told in several calls. */
    private @Nullable Entry lookedUp;

    PeerTable(PeerId self, int maxPeers) {
        this.self = self;
        this.maxPeers = maxPeers;
    }

    private static final class Entry {
        private final PeerAddress address;
        private Set<BlobId> claims = Set.of();

        /** The latest of the claims, which most reports repeat; null for none. */
        private @Nullable BlobId lastClaim;

        private @Nullable PeerId id;

        /** Of those who named it the one for whom it is tried soonest. */
        private HintSource source;

        private long lastHeard;
        private long retryAt = Long.MIN_VALUE;
        private int failures;
        private int falseLeaves;
        private boolean served;
        private boolean banned;

        /** Whether its name, and that it is banned, is an earlier run's word. */
        private boolean remembered;

        private boolean spare;

        /** Neighbours in the order of the hints, and whether it is in it. */
        private @Nullable Entry before;

        private @Nullable Entry after;
        private boolean inOrder;

        Entry(PeerAddress address, HintSource source) {
            this.address = address;
            this.source = source;
        }

        boolean claim(BlobId blob) {
            if (claims.isEmpty()) {
                claims = new LinkedHashSet<>(2);
            }
            lastClaim = blob;
            return claims.add(blob);
        }

        boolean mayBeAsked(long now) {
            return retryAt == Long.MIN_VALUE || now - retryAt >= 0;
        }

        int trust() {
            if (banned) {
                return -1;
            }
            if (id == null) {
                return 0;
            }
            return served ? 2 : 1;
        }
    }

    /** Entries in an order that they keep themselves: a datagram moves one for each node that hears it. */
    private static final class HintOrder {
        private @Nullable Entry first;
        private @Nullable Entry last;

        @Nullable
        Entry first() {
            return first;
        }

        void add(Entry entry) {
            Entry end = last;
            entry.inOrder = true;
            entry.before = end;
            if (end == null) {
                first = entry;
            } else {
                end.after = entry;
            }
            last = entry;
        }

        void remove(Entry entry) {
            if (!entry.inOrder) {
                return;
            }
            Entry before = entry.before;
            Entry after = entry.after;
            if (before == null) {
                first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.before = before;
            }
            entry.before = null;
            entry.after = null;
            entry.inOrder = false;
        }

        void moveToEnd(Entry entry) {
            if (last != entry) {
                remove(entry);
                add(entry);
            }
        }
    }

    @Override
    public boolean hint(PeerAddress address, long now) {
        return hint(address, HintSource.HEARSAY, now);
    }

    @Override
    public boolean hint(PeerAddress address, HintSource source, long now) {
        Entry known = source.isMemory() ? entry(address) : heardAgain(address, now);
        if (known == null) {
            return add(address, source, now) != null;
        }
        if (source.isOperator()) {
            known.source = source;
            hints.remove(known);
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality") // Equal ones are found in the map.
    private @Nullable Entry entry(PeerAddress address) {
        Entry last = lookedUp;
        if (last == null || last.address != address) {
            last = entries.get(address);
            lookedUp = last;
        }
        return last;
    }

    private @Nullable Entry heardAgain(PeerAddress address, long now) {
        Entry known = entry(address);
        if (known != null) {
            known.lastHeard = now;
            if (known.source.isMemory()) {
                known.source = HintSource.HEARSAY;
            }
            if (known.inOrder) {
                hints.moveToEnd(known);
            }
        }
        return known;
    }

    private @Nullable Entry heard(PeerAddress address, long now) {
        Entry known = heardAgain(address, now);
        return known == null ? add(address, HintSource.HEARSAY, now) : known;
    }

    private @Nullable Entry add(PeerAddress address, HintSource source, long now) {
        if (entries.size() >= maxPeers && !displaceOldestHint()) {
            return null;
        }
        Entry entry = new Entry(address, source);
        entry.lastHeard = now;
        entries.put(address, entry);
        letBeDisplaced(entry);
        changes++;
        return entry;
    }

    private void letBeDisplaced(Entry entry) {
        if (!entry.source.isOperator()) {
            hints.add(entry);
        }
    }

    @Override
    public void claim(PeerAddress address, BlobId blob, long now) {
        Entry entry = heard(address, now);
        if (entry != null
                && !blob.equals(entry.lastClaim)
                && entry.claims.size() < MAX_CLAIMS_PER_PEER
                && entry.claim(blob)) {
            holders.computeIfAbsent(blob, id -> new LinkedHashSet<>()).add(address);
            changes++;
        }
    }

    @Override
    public void proven(PeerAddress address, PeerId id, long now) {
        if (id.equals(self)) {
            drop(address);
            return;
        }
        Entry entry = heard(address, now);
        if (entry != null) {
            if (entry.id == null) {
                hints.remove(entry);
            }
            entry.id = id;
            entry.remembered = false;
            entry.failures = 0;
            entry.spare = false;
            if (!entry.banned && entry.retryAt != Long.MIN_VALUE) {
                endWait(entry);
            }
        }
    }

    @Override
    public void failed(PeerAddress address, long now) {
        Entry entry = entries.get(address);
        if (entry != null && !entry.banned) {
            long wait = FIRST_RETRY_NANOS << Math.min(entry.failures, MAX_DOUBLINGS);
            entry.failures++;
            await(entry, now + wait);
            bringInSpares(entry.id);
        }
    }

    @Override
    public void spare(PeerAddress address, long now) {
        Entry entry = entries.get(address);
        if (entry != null && !entry.banned) {
            entry.spare = true;
            await(entry, now + SPARE_NANOS);
        }
    }

    private void bringInSpares(@Nullable PeerId id) {
        for (Entry entry : List.copyOf(waiting)) {
            if (entry.spare && entry.id != null && entry.id.equals(id)) {
                entry.spare = false;
                endWait(entry);
            }
        }
    }

    private void await(Entry entry, long until) {
        entry.retryAt = until;
        waiting.add(entry);
        changes++;
    }

    private void endWait(Entry entry) {
        entry.retryAt = Long.MIN_VALUE;
        waiting.remove(entry);
        changes++;
    }

    @Override
    public void servedLeaf(PeerAddress address) {
        Entry entry = entry(address);
        if (entry != null) {
            entry.served = true;
        }
    }

    @Override
    public boolean servedFalseLeaf(PeerAddress address, long now) {
        Entry entry = entries.get(address);
        if (entry == null) {
            return false;
        }
        entry.falseLeaves++;
        if (entry.falseLeaves < MAX_FALSE_LEAVES) {
            return false;
        }
        boolean begins = !entry.banned;
        entry.banned = true;
        await(entry, now + BAN_NANOS);
        return begins;
    }

    @Override
    public void ban(PeerAddress address, PeerId id, long nanos, long now) {
        Entry entry = id.equals(self) ? null : heard(address, now);
        if (entry != null && !entry.banned) {
            if (entry.id == null) {
                hints.remove(entry);
                entry.id = id;
                entry.remembered = true;
            }
            entry.banned = true;
            await(entry, now + Math.min(nanos, BAN_NANOS));
        }
    }

    @Override
    public void forget(BlobId blob) {
        Set<PeerAddress> claimants = holders.remove(blob);
        if (claimants != null) {
            claimants.forEach(address -> {
                Entry entry = entries.get(address);
                if (entry != null) {
                    entry.claims.remove(blob);
                    entry.lastClaim = null;
                }
            });
        }
    }

    @Override
    public @Nullable PeerView peer(PeerAddress address, long now) {
        Entry entry = entries.get(address);
        return entry == null ? null : view(entry, now);
    }

    @Override
    public List<PeerView> peers(long now) {
        return entries.values().stream()
                .sorted(Comparator.<Entry>comparingInt(entry -> entry.id == null ? 1 : 0)
                        .thenComparing(entry -> entry.address))
                .map(entry -> view(entry, now))
                .toList();
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public List<PeerAddress> holders(BlobId blob, long now) {
        Set<PeerAddress> known = holders.get(blob);
        if (known == null) {
            return List.of();
        }
        return known.stream()
                .filter(address -> {
                    Entry entry = entries.get(address);
                    return entry != null && lift(entry, now).mayBeAsked(now);
                })
                .toList();
    }

    @Override
    public List<PeerAddress> sample(int most, long now, RandomGenerator random) {
        return order(now, random).byTrust(most);
    }

    @Override
    public List<PeerAddress> search(int most, long now, RandomGenerator random) {
        return order(now, random).byTurns(most);
    }

    private DialOrder order(long now, RandomGenerator random) {
        DialOrder order = new DialOrder(random);
        for (Entry entry : entries.values()) {
            if (lift(entry, now).mayBeAsked(now)) {
                order.add(entry.address, entry.id != null, entry.source, entry.failures);
            }
        }
        return order;
    }

    @Override
    public List<PeerAddress> unmet(long now) {
        return entries.values().stream()
                .filter(entry -> entry.source.isOperator() && entry.id == null && entry.mayBeAsked(now))
                .map(entry -> entry.address)
                .toList();
    }

    @Override
    public long changes() {
        return changes;
    }

    @Override
    public long nextRetry(long now) {
        long first = Long.MAX_VALUE;
        for (Entry entry : waiting) {
            if (!entry.mayBeAsked(now)) {
                first = Math.min(first, entry.retryAt);
            }
        }
        return first;
    }

    private Entry lift(Entry entry, long now) {
        if (entry.banned && entry.mayBeAsked(now)) {
            entry.banned = false;
            entry.falseLeaves = 0;
            if (entry.remembered) {
                entry.remembered = false;
                entry.id = null;
                letBeDisplaced(entry);
            }
        }
        return entry;
    }

    private PeerView view(Entry entry, long now) {
        lift(entry, now);
        return new PeerView(
                entry.address,
                entry.id,
                entry.claims.size(),
                Math.max(0, now - entry.lastHeard),
                entry.trust(),
                entry.mayBeAsked(now),
                entry.banned ? entry.retryAt - now : 0);
    }

    private boolean displaceOldestHint() {
        Entry oldest = hints.first();
        if (oldest == null) {
            return false;
        }
        drop(oldest.address);
        return true;
    }

    private void drop(PeerAddress address) {
        Entry entry = entries.remove(address);
        lookedUp = null;
        if (entry != null) {
            hints.remove(entry);
            waiting.remove(entry);
            entry.claims.forEach(blob -> {
                Set<PeerAddress> claimants = holders.get(blob);
                if (claimants != null) {
                    claimants.remove(address);
                    if (claimants.isEmpty()) {
                        holders.remove(blob);
                    }
                }
            });
        }
    }
}
