package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the node that publishes a blob gives every leaf away once before it gives any twice (super-seeding, BEP 16). Confined.
 *
 * <p>A blob reaches all no sooner than its last leaf has left the seeder, and who fetches cannot know what others fetch at the
 * same time. The seeder does: as long as there are leaves that nobody has been given, it shows each peer only a lease of them,
 * each leaf to one peer, in order, so that everybody's copy grows from its beginning. Who takes fast is leased more; what is
 * leased and not taken goes to others. When all is given away, the peers have a while to pass it on among themselves; then
 * everyone is shown everything.
 *
 * <p>The peers' own reports tell what was passed on. Who keeps what it took for itself, or gives it away falsified, which comes to
 * the same, is leased no more, and what nobody got from it is given to others. A peer that lies for it in its reports undoes that
 * and no more.
 */
final class SuperSeeding {

    /** Below this a lease is not worth its round trip. */
    static final int LEAST_LEAVES = 32;

    /**
     * Peers that hold a lease at a time: enough that each has many others to pass on to. The rest are shown nothing, or the leaf
     * hashes and the reports for a thousand of them would take more of the line than the leaves.
     */
    private static final int MAX_LEASES = 24;

    /** Leased to a peer whose speed is not known: what a link of 200 Mbit/s takes in 20 ms, several peers sharing it. */
    private static final int FIRST_LEASE = 8;

    /** A lease holds what the peer took in so long, and as much again, so that it grows with each report. */
    private static final long WINDOW_NANOS = 250_000_000L;

    /** A peer that takes nothing of its lease for this long is shown everything: it follows some other plan. */
    private static final long UNUSED_NANOS = 1_000_000_000L;

    /** Both take as many times longer as units are larger than this: each is asked for whole, and a dozen share the line. */
    private static final int QUICK_UNIT = 4;

    /** Once everything is leased, what was not taken after this may be leased for a second time. */
    private static final long PATIENCE_NANOS = 150_000_000L;

    /** When all is given away to all who want it, what is on its way has come in and is reported after this. */
    private static final long SETTLING_NANOS = 100_000_000L;

    /** If there are others, the peers have this part of the time that it took to pass it on to them, and so long at least. */
    private static final int PART_TO_PASS_ON = 8;

    private static final long LEAST_TO_PASS_ON_NANOS = 1_000_000_000L;

    /**
     * A leaf that a peer asked for and has not reported after so many times what peers take in the median, and {@link #LATE_NANOS} more,
     * is given to another. Nobody else is shown it until then, and a peer with a hundredth of the others' rate, which asks eight
     * sources at once, has it after seconds: fifty simulated nodes with five of that kind needed up to half as long again for 64 MiB.
     */
    private static final int LATE = 4;

    private static final long LATE_NANOS = 300_000_000L;

    /** Who was late is leased nothing for this long, and four times longer each time, up to {@link #MAX_RESTS} times. */
    private static final long REST_NANOS = 1_000_000_000L;

    private static final int MAX_RESTS = 6;

    /** What a peer took is to be at another after this: some ten reports, and the queue at the peer. */
    private static final long HOARDING_NANOS = 1_000_000_000L;

    /**
     * So many leaves have to have gone no further, and most of what the peer took, until it is taken for a hoarder. Each that is found
     * late waits until all is given away: with 16, ten of fifty nodes that falsify cost the others up to a quarter more time.
     */
    private static final int HOARD_LEAVES = 4;

    /**
     * While the others kept less than this part of what they took: where all are slow to pass on, as on a machine with too much to
     * do, nobody hoards.
     */
    private static final double OTHERS_KEEP = 0.25;

    private final BlobId blob;
    private final int leaves;
    private final int unit;
    private final int slowness;
    private final LeafSet given;

    /** What some peer holds that was not given it here. */
    private final LeafSet passedOn;

    private final Deque<Integer> pool = new ArrayDeque<>();
    private final Map<PeerId, Lease> leases = new LinkedHashMap<>();
    private int versions;
    private int following;
    private boolean begun;
    private boolean othersWait;
    private long begunAt;
    private long grantedAt;
    private long lookedAt;
    private long givenAt;

    /** What one peer is shown. */
    private static final class Lease {
        private final LeafSet shown;
        private final long since;
        private int version;
        private int untaken;
        private int taken;
        private int takenBefore;
        private long windowFrom;
        private long tookAt;
        private boolean ended;
        private boolean resting;
        private long restsUntil;
        private int rests;

        /** What it says it holds of what it was shown. */
        private final LeafSet has;

        /** Runs of leaves that it asked for and does not hold yet, oldest first. */
        private final Deque<Taken> coming = new ArrayDeque<>();

        /** From the request to the report, on average; 0 if there was none. */
        private long nanosToHave;

        /** Runs of leaves that it took and that are to be judged, oldest first. */
        private final Deque<Taken> toJudge = new ArrayDeque<>();

        private final LeafSet kept;
        private int judged;
        private boolean hoards;

        Lease(int leaves, int version, long now) {
            this.shown = LeafSet.none(leaves);
            this.kept = LeafSet.none(leaves);
            this.has = LeafSet.none(leaves);
            this.version = version;
            this.since = now;
            this.windowFrom = now;
            this.tookAt = now;
        }

        void took(int count, long now) {
            if (now - windowFrom >= WINDOW_NANOS) {
                takenBefore = now - windowFrom >= 2 * WINDOW_NANOS ? 0 : taken;
                taken = 0;
                windowFrom = now;
            }
            taken += count;
            tookAt = now;
        }

        /** Whether it may be leased anything. */
        boolean isActive() {
            return !ended && !hoards && !resting;
        }

        void has(LeafSet reported, long now) {
            has.addAll(reported);
            for (Iterator<Taken> runs = coming.iterator(); runs.hasNext(); ) {
                Taken taken = runs.next();
                if (has.containsRange(taken.first, taken.end)) {
                    runs.remove();
                    long took = Math.max(1, now - taken.at);
                    nanosToHave = nanosToHave == 0 ? took : nanosToHave + (took - nanosToHave) / 8;
                }
            }
        }

        /** What it asked for longest ago and neither it, which may not report here, nor who has it from there reports. */
        @Nullable
        Taken oldestComing(LeafSet passedOn) {
            Taken oldest = coming.peek();
            while (oldest != null && passedOn.containsRange(oldest.first, oldest.end)) {
                coming.remove();
                oldest = coming.peek();
            }
            return oldest;
        }

        /** What went further after all is not held against the peer. */
        void forgive(LeafSet passedOn) {
            for (int leaf = kept.nextIn(0); leaf >= 0; leaf = kept.nextIn(leaf + 1)) {
                if (passedOn.contains(leaf)) {
                    kept.remove(leaf);
                }
            }
        }

        void showNoMoreThan(LeafSet given) {
            for (int leaf = shown.nextIn(0); leaf >= 0; leaf = shown.nextIn(leaf + 1)) {
                if (!given.contains(leaf)) {
                    shown.remove(leaf);
                }
            }
        }

        int size(long now) {
            int recent = Math.max(taken, takenBefore);
            return now - since < WINDOW_NANOS ? Math.max(FIRST_LEASE, 2 * recent) : Math.max(1, 2 * recent);
        }
    }

    private record Taken(int first, int end, long at) {}

    /**
     * Nothing given yet.
     *
     * @param firstVersion what shares are numbered from, so that those of an earlier run of this node are not taken for these
     * @param part which of {@code parts} to begin with: others publish the same blob
     */
    SuperSeeding(BlobId blob, BlobLayout layout, int firstVersion, int part, int parts) {
        this.blob = blob;
        this.leaves = layout.leafCount();
        this.unit = layout.unitLeaves();
        this.slowness = Math.max(1, unit / QUICK_UNIT);
        this.given = LeafSet.none(leaves);
        this.passedOn = LeafSet.none(leaves);
        this.versions = firstVersion;
        int units = (leaves + unit - 1) / unit;
        int from = (int) ((long) units * part / parts);
        for (int i = 0; i < units; i++) {
            pool.add((from + i) % units);
        }
    }

    int leafCount() {
        return leaves;
    }

    /** A peer wants the blob. */
    void asked(PeerId peer, long now) {
        if (!leases.containsKey(peer)) {
            if (following >= MAX_LEASES) {
                othersWait = true;
                return;
            }
            leases.put(peer, new Lease(leaves, --versions, now));
            following++;
        }
        if (!begun) {
            begun = true;
            begunAt = now;
            grantedAt = now;
            lookedAt = now;
        }
    }

    /** A peer went away, or does not want it any more. */
    void gone(PeerId peer) {
        Lease lease = leases.remove(peer);
        if (lease != null && lease.isActive()) {
            following--;
            takeBack(lease);
        }
    }

    /** A peer says that it holds these. */
    void holds(PeerId peer, LeafSet reported, long now) {
        Lease lease = leases.get(peer);
        if (lease == null) {
            passedOn.addAll(reported);
        } else {
            passedOn.addAllBut(reported, lease.shown);
            lease.has(reported, now);
            for (int leaf = reported.nextIn(0); leaf >= 0; leaf = reported.nextIn(leaf + 1)) {
                // From somebody that it was leased to before.
                if (lease.shown.contains(leaf)) {
                    give(leaf, now);
                }
            }
        }
    }

    private void give(int leaf, long now) {
        if (given.add(leaf)) {
            for (Lease lease : leases.values()) {
                lease.untaken -= lease.shown.contains(leaf) ? 1 : 0;
            }
            if (given.isFull()) {
                givenAt = now;
            }
        }
    }

    /** A peer is being given leaves that it asked for. */
    void served(PeerId peer, int first, int end, long now) {
        Lease taker = leases.get(peer);
        if (taker != null && taker.hoards) {
            return;
        }
        for (int leaf = first; leaf < end; leaf++) {
            give(leaf, now);
            if (taker != null) {
                taker.shown.add(leaf);
            }
        }
        if (taker != null) {
            taker.took(end - first, now);
            taker.toJudge.add(new Taken(first, end, now));
            taker.coming.add(new Taken(first, end, now));
        }
    }

    /** Whether everyone is shown everything from here on. */
    boolean isOver(long now) {
        return given.isFull() && now - overAt() >= 0;
    }

    /**
     * What a peer is shown.
     *
     * @param known the version that it was told last, if it takes {@link Watch.Extent#MORE}; otherwise 0
     */
    Watch.Share shareFor(PeerId peer, int known, long now) {
        asked(peer, now);
        Lease lease = leases.get(peer);
        if (following < 2 || isOver(now)) {
            return Watch.Share.of(blob, LeafSet.all(leaves));
        }
        if (lease == null) {
            return Watch.Share.of(blob, LeafSet.none(leaves));
        }
        if (lease.ended) {
            return Watch.Share.of(blob, LeafSet.all(leaves));
        }
        judge(lease, now);
        if (lease.isActive() && lease.untaken > 0 && now - lease.tookAt >= UNUSED_NANOS * slowness) {
            lease.ended = true;
            following--;
            takeBack(lease);
            return Watch.Share.of(blob, LeafSet.all(leaves));
        }
        int before = lease.version;
        int[] granted = lease.isActive() ? grant(lease, now) : new int[0];
        if (known == before && granted.length > 0 && granted.length <= LeafList.MAX_LEAVES) {
            return Watch.Share.more(blob, lease.version, granted);
        }
        return new Watch.Share(blob, Watch.Extent.LEASED, lease.version, lease.shown.encode());
    }

    /** Whether nobody wants the blob any more. */
    boolean isForNobody() {
        return leases.isEmpty();
    }

    /** Whether the passing of time may have changed what {@link #shareFor} shows. */
    boolean isDue(long now) {
        if (now < lookAt()) {
            return false;
        }
        lookedAt = now;
        lookForLate(now);
        return true;
    }

    private void lookForLate(long now) {
        long[] times = leases.values().stream()
                .mapToLong(lease -> lease.nanosToHave)
                .filter(nanos -> nanos > 0)
                .sorted()
                .toArray();
        long usual = times.length == 0 ? Long.MAX_VALUE : times[times.length / 2];
        for (Lease lease : leases.values()) {
            judge(lease, now);
            Taken oldest = lease.oldestComing(passedOn);
            if (lease.resting && now - lease.restsUntil >= 0 && following < MAX_LEASES) {
                lease.resting = false;
                lease.tookAt = now;
                following++;
            } else if (lease.isActive() && oldest != null && usual < (now - oldest.at - LATE_NANOS * slowness) / LATE) {
                letRest(lease, now);
            }
        }
    }

    /** Gives to others what a peer that is late was leased and does not have. */
    private void letRest(Lease lease, long now) {
        lease.resting = true;
        lease.restsUntil = now + (REST_NANOS << (2 * Math.min(lease.rests++, MAX_RESTS)));
        following--;
        takeBack(lease);
        lease.showNoMoreThan(given);
        lease.version = --versions;
        lease.untaken = 0;
        for (Taken taken : lease.coming) {
            for (int leaf = taken.first; leaf < taken.end; leaf++) {
                if (!lease.has.contains(leaf) && !passedOn.contains(leaf) && given.contains(leaf)) {
                    takeBack(leaf);
                    pool.addFirst(leaf / unit);
                }
            }
        }
        lease.coming.clear();
    }

    /** When {@link #isDue} is to be asked again; {@link Long#MAX_VALUE} for never. */
    long lookAt() {
        if (following < 2) {
            return Long.MAX_VALUE;
        }
        long look = lookedAt + PATIENCE_NANOS;
        return given.isFull() ? Math.min(overAt(), look) : look;
    }

    private long overAt() {
        return givenAt
                + (othersWait
                        ? Math.max(LEAST_TO_PASS_ON_NANOS, (givenAt - begunAt) / PART_TO_PASS_ON)
                        : SETTLING_NANOS);
    }

    /** Leases more to a peer, if there is reason to; what that is, ascending. */
    private int[] grant(Lease lease, long now) {
        if (pool.isEmpty() && now - grantedAt >= PATIENCE_NANOS) {
            takeBackKept();
            for (int leaf = given.nextMissing(0); leaf >= 0; leaf = given.nextMissing((leaf / unit + 1) * unit)) {
                pool.add(leaf / unit);
            }
        }
        boolean idle = lease.untaken == 0;
        int most = Math.min(lease.size(now), Math.max(unit, pool.size() * unit / (2 * following)));
        IntStream.Builder granted = IntStream.builder();
        while (lease.untaken < most && !pool.isEmpty()) {
            int number = pool.remove();
            for (int leaf = number * unit; leaf < Math.min(leaves, (number + 1) * unit); leaf++) {
                if (!given.contains(leaf) && lease.shown.add(leaf)) {
                    lease.untaken++;
                    granted.add(leaf);
                }
            }
        }
        int[] leavesGranted = granted.build().sorted().toArray();
        if (leavesGranted.length > 0) {
            grantedAt = now;
            lease.version = --versions;
            lease.tookAt = idle ? now : lease.tookAt;
        }
        return leavesGranted;
    }

    private void judge(Lease lease, long now) {
        for (Taken taken = lease.toJudge.peek();
                taken != null && now - taken.at >= HOARDING_NANOS * slowness;
                taken = lease.toJudge.peek()) {
            lease.toJudge.remove();
            for (int leaf = taken.first; leaf < taken.end; leaf++) {
                lease.judged++;
                if (!passedOn.contains(leaf)) {
                    lease.kept.add(leaf);
                }
            }
        }
        if (!lease.hoards && hoards(lease)) {
            endFor(lease);
        }
    }

    private boolean hoards(Lease lease) {
        if (lease.kept.size() < HOARD_LEAVES) {
            return false;
        }
        int kept = 0;
        int judged = 0;
        for (Lease other : leases.values()) {
            other.forgive(passedOn);
            kept += other == lease ? 0 : other.kept.size();
            judged += other == lease ? 0 : other.judged;
        }
        return lease.kept.size() >= HOARD_LEAVES && 2 * lease.kept.size() > lease.judged && kept < OTHERS_KEEP * judged;
    }

    /** Leases nothing more to a hoarder, and what nobody got from it to others. */
    private void endFor(Lease lease) {
        lease.hoards = true;
        following--;
        takeBack(lease);
        for (Taken taken : lease.toJudge) {
            for (int leaf = taken.first; leaf < taken.end; leaf++) {
                lease.kept.add(leaf);
            }
        }
        lease.toJudge.clear();
        lease.forgive(passedOn);
        lease.showNoMoreThan(given);
        lease.version = --versions;
        for (int leaf = lease.kept.nextIn(0); leaf >= 0; leaf = lease.kept.nextIn(leaf + 1)) {
            if (given.remove(leaf)) {
                pool.addFirst(leaf / unit);
            }
        }
    }

    /**
     * What was taken long ago and nobody else has may be leased to others, whatever the reason; unless that is true of most, as where no
     * peer reports here what it holds.
     */
    private void takeBackKept() {
        int kept = 0;
        int judged = 0;
        for (Lease lease : leases.values()) {
            lease.forgive(passedOn);
            kept += lease.kept.size();
            judged += lease.judged;
        }
        if (kept >= OTHERS_KEEP * judged) {
            return;
        }
        for (Lease lease : leases.values()) {
            for (int leaf = lease.kept.nextIn(0); leaf >= 0; leaf = lease.kept.nextIn(leaf + 1)) {
                lease.kept.remove(leaf);
                takeBack(leaf);
            }
        }
    }

    private void takeBack(int leaf) {
        if (given.remove(leaf)) {
            for (Lease lease : leases.values()) {
                lease.untaken += lease.shown.contains(leaf) ? 1 : 0;
            }
        }
    }

    private void takeBack(Lease lease) {
        for (int leaf = lease.shown.nextIn(0); leaf >= 0; leaf = lease.shown.nextIn((leaf / unit + 1) * unit)) {
            int from = leaf / unit * unit;
            int end = Math.min(leaves, from + unit);
            if (!given.containsRange(from, end)) {
                pool.addFirst(leaf / unit);
            }
        }
    }
}
