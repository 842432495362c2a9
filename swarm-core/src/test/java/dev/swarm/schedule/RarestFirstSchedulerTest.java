package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RarestFirstSchedulerTest {

    private static final BlobLayout LAYOUT = new BlobLayout(64L << 20);
    private static final int LEAVES = LAYOUT.leafCount();
    private static final PeerAddress SEEDER = PeerAddress.parse("10.0.0.1:1531");
    private static final PeerAddress OTHER = PeerAddress.parse("10.0.0.2:1531");
    private static final PeerId SEEDER_ID = new PeerId("seeder");

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void next_randomArrivals_asksForEachLeafOnceAndCompletes(long seed) {
        Random random = new Random(seed);
        LeafSet held = LeafSet.none(LEAVES);
        for (int leaf = 0; leaf < LEAVES; leaf++) {
            if (random.nextInt(4) == 0) {
                held.add(leaf);
            }
        }
        Scheduler scheduler = scheduler("me", held, seed);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        scheduler.peerHolds(OTHER, new PeerId("other"), LeafSet.all(LEAVES), 0);
        BitSet asked = new BitSet();
        List<Scheduler.Fetch> open = new ArrayList<>(scheduler.next(0));
        long now = 0;
        while (!open.isEmpty()) {
            Scheduler.Fetch fetch = open.remove(random.nextInt(open.size()));
            now += 1_000_000;
            for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                assertThat(held.contains(leaf)).isFalse();
                assertThat(asked.get(leaf)).isFalse();
                asked.set(leaf);
                scheduler.leafStored(fetch.request(), leaf, now);
            }
            scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            open.addAll(scheduler.next(now));
        }

        assertThat(scheduler.isComplete()).isTrue();
        assertThat(scheduler.duplicateBytes()).isZero();
    }

    @Test
    void next_unknownPeer_asksForLittleAtFirst() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);

        long bytes = scheduler.next(0).stream()
                .mapToLong(fetch -> LAYOUT.rangeLength(fetch.first(), fetch.end()))
                .sum();
        assertThat(bytes).isEqualTo(128 << 10);
    }

    @Test
    void next_manyPeers_asksSevenAtATimeAndOneThatIdles() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        IntStream.range(0, 30).forEach(i -> holdsMost(scheduler, i, 0));
        Set<PeerAddress> asked = peersAsked(scheduler, 0);
        assertThat(asked).hasSize(7);
        List<PeerAddress> others = IntStream.range(0, 30)
                .mapToObj(RarestFirstSchedulerTest::peer)
                .filter(other -> !asked.contains(other))
                .toList();

        scheduler.peerIsIdle(others.get(0));
        scheduler.peerIsIdle(others.get(1));

        assertThat(peersAsked(scheduler, 1)).hasSize(1).first().isIn(others.get(0), others.get(1));
    }

    @Test
    void next_peerThatIdledAndHasReportedSince_isAskedAsTheOthers() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        IntStream.range(0, 30).forEach(i -> holdsMost(scheduler, i, 0));
        Set<PeerAddress> asked = peersAsked(scheduler, 0);
        for (int i = 0; i < 30; i++) {
            if (!asked.contains(peer(i))) {
                scheduler.peerIsIdle(peer(i));
                holdsMost(scheduler, i, 1);
            }
        }

        assertThat(peersAsked(scheduler, 1)).isEmpty();
    }

    /** A peer has all but the last leaf. */
    private static void holdsMost(Scheduler scheduler, int number, long now) {
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(LEAVES - 1);
        scheduler.peerHolds(peer(number), new PeerId("peer-" + number), most, now);
    }

    private static PeerAddress peer(int number) {
        return PeerAddress.parse("10.0.1." + number + ":1531");
    }

    private static Set<PeerAddress> peersAsked(Scheduler scheduler, long now) {
        Set<PeerAddress> asked = new HashSet<>();
        scheduler.next(now).forEach(fetch -> asked.add(fetch.peer()));
        return asked;
    }

    @Test
    void next_twoNodesAndALoneSeeder_askForDisjointShares() {
        Scheduler mine = scheduler("a", LeafSet.none(LEAVES), 1);
        Scheduler theirs = scheduler("b", LeafSet.none(LEAVES), 2);
        mine.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        theirs.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        mine.peerHolds(OTHER, new PeerId("b"), LeafSet.none(LEAVES), 0);
        theirs.peerHolds(OTHER, new PeerId("a"), LeafSet.none(LEAVES), 0);

        Set<Integer> ours = drain(mine);
        Set<Integer> others = drain(theirs);
        assertThat(ours).isNotEmpty().doesNotContainAnyElementsOf(others);
        assertThat(ours.size() + others.size()).isEqualTo(LEAVES);
    }

    @Test
    void requestEnded_notHeld_isNotAskedForAgain() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        Scheduler.Fetch first = scheduler.next(0).get(0);
        scheduler.requestEnded(first.request(), Scheduler.Ending.NOT_HELD, 0);

        for (Scheduler.Fetch fetch : scheduler.next(1)) {
            assertThat(fetch.end() <= first.first() || fetch.first() >= first.end())
                    .isTrue();
        }
    }

    @Test
    void requestEnded_peerThatNeverHoldsWhatItClaims_isAskedLessAndLess() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        int asked = 0;
        for (long now = 0; now < 20_000_000_000L; now += 10_000_000L) {
            for (Scheduler.Fetch fetch : scheduler.next(now)) {
                scheduler.requestEnded(fetch.request(), Scheduler.Ending.NOT_HELD, now);
                asked++;
            }
        }
        assertThat(asked).isBetween(2, 32);
    }

    @Test
    void overdue_silentPeer_givesItsLeavesToAnother() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        List<Scheduler.Fetch> sent = scheduler.next(0);

        assertThat(scheduler.overdue(2_000_000_000L)).isEmpty();
        assertThat(scheduler.overdue(3_000_000_000L)).hasSameSizeAs(sent);
        scheduler.peerHolds(OTHER, new PeerId("other"), LeafSet.all(LEAVES), 3_000_000_000L);
        assertThat(scheduler.next(3_000_000_000L)).isNotEmpty().allMatch(fetch -> fetch.peer()
                .equals(OTHER));
    }

    @Test
    void overdue_peerOfALongRoundTrip_isGivenEightOfThem() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        scheduler.roundTrip(SEEDER, 2_000_000_000L);
        List<Scheduler.Fetch> sent = scheduler.next(0);

        assertThat(scheduler.overdue(15_999_999_999L)).isEmpty();
        assertThat(scheduler.overdue(16_000_000_000L)).hasSameSizeAs(sent);
    }

    @Test
    void overdue_someOfALeafComes_isNotSilent() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        List<Scheduler.Fetch> sent = scheduler.next(0);

        scheduler.bytesArrived(sent.get(0).request(), 2_000_000_000L);

        assertThat(scheduler.overdue(4_999_999_999L)).isEmpty();
        assertThat(scheduler.overdue(5_000_000_000L)).hasSameSizeAs(sent);
    }

    @Test
    void next_leafOwedFromFarAway_isAskedOfAnotherAfterTwoRoundTrips() {
        LeafSet held = LeafSet.all(LEAVES);
        held.remove(0);
        Scheduler scheduler = scheduler("me", held, 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.of(LEAVES, 0), 0);
        scheduler.roundTrip(SEEDER, 1_000_000_000L);
        scheduler.next(0);
        scheduler.peerHolds(OTHER, new PeerId("other"), LeafSet.of(LEAVES, 0), 0);
        scheduler.roundTrip(OTHER, 1_000_000_000L);

        assertThat(scheduler.next(1_999_999_999L)).isEmpty();
        assertThat(scheduler.next(2_000_000_000L)).hasSize(1);
    }

    @Test
    void next_peerThatHadNothingToGiveOwesNothing_helpsWithWhatASilentOneOwes() {
        LeafSet held = LeafSet.all(LEAVES);
        held.remove(0);
        LeafSet theirs = LeafSet.none(LEAVES);
        theirs.add(0);
        Scheduler scheduler = scheduler("me", held, 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, theirs, 0);
        scheduler.peerHolds(OTHER, new PeerId("other"), theirs, 0);
        List<Scheduler.Fetch> first = scheduler.next(0);
        assertThat(first).hasSize(1);
        assertThat(scheduler.next(100_000_000L)).isEmpty();

        List<Scheduler.Fetch> second = scheduler.next(300_000_000L);

        assertThat(second).hasSize(1);
        assertThat(second.get(0).first()).isZero();
        assertThat(second.get(0).peer()).isNotEqualTo(first.get(0).peer());
    }

    @Test
    void leafRejected_samePeer_isNotAskedForItAgain() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        List<Scheduler.Fetch> fetches = scheduler.next(0);
        int bad = fetches.get(0).first();
        scheduler.leafRejected(fetches.get(0).request(), bad);
        fetches.forEach(fetch -> scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, 0));

        assertThat(drain(scheduler)).hasSize(LEAVES - 1).doesNotContain(bad);
    }

    @Test
    void overdue_leavesCameFromElsewhere_endsTheRequestAtOnce() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        Scheduler.Fetch useless = scheduler.next(0).get(0);
        for (int leaf = useless.first(); leaf < useless.end(); leaf++) {
            scheduler.leafStored(1_000_000, leaf, 1);
        }

        assertThat(scheduler.overdue(2)).containsExactly(useless.request());
    }

    @Test
    void peerGone_openRequests_areAskedOfOthers() {
        Scheduler scheduler = scheduler("me", LeafSet.none(16), 1);
        scheduler.peerHolds(SEEDER, SEEDER_ID, LeafSet.all(LEAVES), 0);
        scheduler.next(0);
        scheduler.peerGone(SEEDER);
        scheduler.peerHolds(OTHER, new PeerId("other"), LeafSet.all(LEAVES), 0);

        assertThat(drain(scheduler)).hasSize(LEAVES);
    }

    @ParameterizedTest
    @CsvSource({"25000000, 10", "25000000, 500", "2500000, 200"})
    void next_twoSeedersAtAnyDistance_fillTheLine(long bytesPerSecond, long roundTripMillis) {
        BlobLayout layout = new BlobLayout(1L << 30);
        Scheduler scheduler =
                Scheduler.create(new PeerId("me"), layout, LeafSet.none(layout.leafCount()), new SplittableRandom(1));
        for (PeerAddress peer : List.of(SEEDER, OTHER)) {
            scheduler.peerHolds(
                    peer, new PeerId("seeder-" + peer.ip().getHostAddress()), LeafSet.all(layout.leafCount()), 0);
            scheduler.roundTrip(peer, TimeUnit.MILLISECONDS.toNanos(roundTripMillis));
        }
        PriorityQueue<Arrival> coming = new PriorityQueue<>(Comparator.comparingLong(Arrival::at));
        long leafNanos = BlobLayout.LEAF_BYTES * 1_000_000_000L / bytesPerSecond;
        long now = 0;
        long lineFreeAt = 0;
        long arrived = 0;
        while (now < 20_000_000_000L) {
            for (Scheduler.Fetch fetch : scheduler.next(now)) {
                for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                    lineFreeAt = Math.max(lineFreeAt, now + TimeUnit.MILLISECONDS.toNanos(roundTripMillis)) + leafNanos;
                    coming.add(new Arrival(lineFreeAt, fetch, leaf));
                }
            }
            Arrival next = coming.remove();
            now = next.at;
            scheduler.leafStored(next.fetch.request(), next.leaf, now);
            if (next.leaf == next.fetch.end() - 1) {
                scheduler.requestEnded(next.fetch.request(), Scheduler.Ending.COMPLETE, now);
            }
            arrived += now > 10_000_000_000L ? BlobLayout.LEAF_BYTES : 0;
        }

        assertThat(arrived / 10.0).isGreaterThan(0.9 * bytesPerSecond);
    }

    /** A leaf that comes in at a moment. */
    private record Arrival(long at, Scheduler.Fetch fetch, int leaf) {}

    @Test
    void next_peerThatLeases_isAskedBeforeTheOthers() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        LeafSet lease = LeafSet.none(LEAVES);
        lease.add(7);
        LeafSet some = LeafSet.none(LEAVES);
        for (int leaf = 100; leaf < 200; leaf++) {
            some.add(leaf);
        }
        scheduler.peerHolds(OTHER, new PeerId("other"), some, 0);
        scheduler.peerHolds(SEEDER, SEEDER_ID, lease, 0);
        scheduler.peerLeases(SEEDER, true);

        Scheduler.Fetch first = scheduler.next(0).get(0);

        assertThat(first.peer()).isEqualTo(SEEDER);
        assertThat(first.first()).isEqualTo(7);
    }

    @Test
    void peerHoldsMore_leafThatFewHold_isAskedForBeforeThoseThatManyHold() {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), 1);
        LeafSet common = LeafSet.none(LEAVES);
        for (int leaf = 100; leaf < 300; leaf++) {
            common.add(leaf);
        }
        for (int i = 0; i < 8; i++) {
            scheduler.peerHolds(PeerAddress.parse("10.0.1." + i + ":1531"), new PeerId("p" + i), common.copy(), 0);
        }
        PeerAddress one = PeerAddress.parse("10.0.1.3:1531");
        LeafSet kept = common.copy();
        scheduler.peerHolds(one, new PeerId("p3"), kept, 0);

        kept.add(7);
        scheduler.peerHoldsMore(one, new PeerId("p3"), new int[] {7}, 0);

        Scheduler.Fetch first = scheduler.next(0).stream()
                .filter(fetch -> fetch.peer().equals(one))
                .findFirst()
                .orElseThrow();
        assertThat(first.first()).isEqualTo(7);
    }

    /** The leaf that all have waits for no more than a part of those that few have, as the whole is hashed in order. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void next_rareLeavesAreLeft_theFirstLeafIsAskedForBeforeTheyAreThrough(long seed) {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), seed);
        int rare = 600;
        for (int i = 0; i < 6; i++) {
            LeafSet holds = LeafSet.none(LEAVES);
            holds.add(0);
            for (int leaf = 1; leaf <= rare; leaf++) {
                if (leaf % 6 == i) {
                    holds.add(leaf);
                }
            }
            scheduler.peerHolds(peer(i), new PeerId("p" + i), holds, 0);
        }

        List<Integer> asked = new ArrayList<>();
        long now = 0;
        List<Scheduler.Fetch> open = new ArrayList<>(scheduler.next(now));
        while (!asked.contains(0) && !open.isEmpty()) {
            Scheduler.Fetch fetch = open.remove(0);
            now += 1_000_000;
            for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                asked.add(leaf);
                scheduler.leafStored(fetch.request(), leaf, now);
            }
            scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            open.addAll(scheduler.next(now));
        }

        assertThat(asked).contains(0).hasSizeLessThan(rare / 4);
    }

    /** Twelve peers that hold all alike, of which one gives a leaf only every 300 ms and the others every 10 ms. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void next_morePeersThanAreAskedAtATime_leavesASlowOneForTheOthers(long seed) {
        Scheduler scheduler = scheduler("me", LeafSet.none(LEAVES), seed);
        PeerAddress slow = PeerAddress.parse("10.0.1.0:1531");
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(LEAVES - 1);
        for (int i = 0; i < 12; i++) {
            scheduler.peerHolds(PeerAddress.parse("10.0.1." + i + ":1531"), new PeerId("p" + i), most, 0);
        }
        PriorityQueue<long[]> arrivals = new PriorityQueue<>(Comparator.comparingLong(event -> event[0]));
        Map<PeerAddress, Long> free = new HashMap<>();
        Map<PeerAddress, Integer> served = new HashMap<>();
        long now = 0;
        int got = 0;
        List<Scheduler.Fetch> fetches = scheduler.next(now);
        List<Scheduler.Fetch> all = new ArrayList<>();
        while (got < LEAVES / 2) {
            for (Scheduler.Fetch fetch : fetches) {
                all.add(fetch);
                for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                    long takes = (fetch.peer().equals(slow) ? 300 : 10) * 1_000_000L;
                    long at = Math.max(now, free.getOrDefault(fetch.peer(), 0L)) + takes;
                    free.put(fetch.peer(), at);
                    arrivals.add(new long[] {at, all.size() - 1, leaf});
                }
            }
            long[] event = Objects.requireNonNull(arrivals.poll());
            now = event[0];
            Scheduler.Fetch fetch = all.get((int) event[1]);
            scheduler.leafStored(fetch.request(), (int) event[2], now);
            served.merge(fetch.peer(), 1, Integer::sum);
            got++;
            if (event[2] == fetch.end() - 1) {
                scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            }
            fetches = scheduler.next(now);
        }
        int askedOfSlow = all.stream()
                .filter(fetch -> fetch.peer().equals(slow))
                .mapToInt(fetch -> fetch.end() - fetch.first())
                .sum();
        assertThat(askedOfSlow).as("leaves asked of the slow one").isLessThan(LEAVES / 2 / 12 / 4);
        assertThat(served.getOrDefault(slow, 0)).isLessThan(LEAVES / 2 / 12 / 4);
    }

    private static Scheduler scheduler(String self, LeafSet held, long seed) {
        LeafSet fitting = held.leafCount() == LEAVES ? held : LeafSet.none(LEAVES);
        return Scheduler.create(new PeerId(self), LAYOUT, fitting, new SplittableRandom(seed));
    }

    /** Everything that is asked for while time stands still. */
    private static Set<Integer> drain(Scheduler scheduler) {
        Set<Integer> leaves = new HashSet<>();
        List<Scheduler.Fetch> fetches = scheduler.next(0);
        while (!fetches.isEmpty()) {
            for (Scheduler.Fetch fetch : fetches) {
                for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                    leaves.add(leaf);
                    scheduler.leafStored(fetch.request(), leaf, 0);
                }
                scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, 0);
            }
            fetches = scheduler.next(0);
        }
        return leaves;
    }
}
