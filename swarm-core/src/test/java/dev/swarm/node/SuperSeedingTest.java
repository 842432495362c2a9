package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuperSeedingTest {

    private static final long MILLI = 1_000_000L;
    private static final BlobLayout LAYOUT = new BlobLayout(16L << 20);
    private static final int LEAVES = LAYOUT.leafCount();
    private static final PeerId ANN = new PeerId("ann");
    private static final PeerId BOB = new PeerId("bob");
    private static final PeerId EVE = new PeerId("eve");

    private final SuperSeeding seeding = new SuperSeeding(new BlobId(1, 2, 3, 4), LAYOUT, -7, 0, 1);

    private LeafSet shown(PeerId peer, long now) {
        return Objects.requireNonNull(seeding.shareFor(peer, 0, now).leaves(LEAVES));
    }

    private int takeAll(PeerId peer, LeafSet taken, long now) {
        return take(peer, LEAVES, taken, now);
    }

    private int take(PeerId peer, int most, LeafSet taken, long now) {
        LeafSet shown = shown(peer, now);
        int count = 0;
        for (int leaf = shown.nextIn(0); leaf >= 0 && count < most; leaf = shown.nextIn(leaf + 1)) {
            if (taken.add(leaf)) {
                seeding.served(peer, leaf, leaf + 1, now);
                count++;
            }
        }
        return count;
    }

    @Test
    void shareFor_onlyPeer_isEverything() {
        seeding.asked(ANN, 0);

        assertThat(seeding.shareFor(ANN, 0, 0).extent()).isEqualTo(Watch.Extent.ALL);
    }

    @Test
    void shareFor_twoPeersThatTakeWhatTheyAreShown_givesEveryLeafToOneOfThem() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        LeafSet ofAnn = LeafSet.none(LEAVES);
        LeafSet ofBob = LeafSet.none(LEAVES);
        long now = 0;
        while (ofAnn.size() + ofBob.size() < LEAVES) {
            now += 25 * MILLI;
            assertThat(takeAll(ANN, ofAnn, now) + takeAll(BOB, ofBob, now)).isPositive();
        }

        assertThat(ofAnn.size()).isBetween(LEAVES / 4, LEAVES * 3 / 4);
        ofAnn.addAll(ofBob);
        assertThat(ofAnn.isFull()).isTrue();
        assertThat(shown(ANN, now).isFull())
                .as("while the last leaves are on their way")
                .isFalse();
        assertThat(shown(ANN, now + 100 * MILLI).isFull()).isTrue();
        assertThat(seeding.isOver(now + 100 * MILLI)).isTrue();
    }

    @Test
    void shareFor_leases_beginAtTheFirstLeafAndGrowWithWhatIsTaken() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        LeafSet ofAnn = LeafSet.none(LEAVES);
        assertThat(takeAll(ANN, ofAnn, 0)).isEqualTo(8);
        assertThat(ofAnn.containsRange(0, 8)).isTrue();

        assertThat(takeAll(ANN, ofAnn, 25 * MILLI)).isEqualTo(16);
        assertThat(takeAll(ANN, ofAnn, 50 * MILLI)).isGreaterThan(16);
        assertThat(shown(BOB, 50 * MILLI).size()).isEqualTo(8);
    }

    @Test
    void shareFor_nothingTakenForASecond_givesTheLeaseToOthersAndShowsThisPeerEverything() {
        for (PeerId peer : List.of(ANN, BOB, EVE)) {
            seeding.asked(peer, 0);
        }
        LeafSet ofBob = LeafSet.none(LEAVES);
        LeafSet ofAnn = shown(ANN, 0);
        takeAll(BOB, ofBob, 0);
        takeAll(EVE, LeafSet.none(LEAVES), 0);
        takeAll(BOB, ofBob, 900 * MILLI);

        assertThat(seeding.shareFor(ANN, 0, 1_000 * MILLI).extent()).isEqualTo(Watch.Extent.ALL);
        LeafSet next = shown(BOB, 1_000 * MILLI);
        assertThat(next.containsRange(ofAnn.nextIn(0), ofAnn.nextIn(0) + ofAnn.size()))
                .isTrue();
    }

    @Test
    void isDue_peerDoesNotGetWhatItAskedForInTheTimeOthersDo_othersGetItAndThePeerIsLeasedNothingForAWhile() {
        for (PeerId peer : List.of(ANN, BOB, EVE)) {
            seeding.asked(peer, 0);
        }
        LeafSet eves = shown(EVE, 0);
        takeAll(EVE, LeafSet.none(LEAVES), 0);
        LeafSet ofOthers = LeafSet.none(LEAVES);
        for (long now = 0; now < 600 * MILLI; now += 25 * MILLI) {
            for (PeerId peer : List.of(ANN, BOB)) {
                take(peer, 4, ofOthers, now);
                seeding.holds(peer, ofOthers, now + 20 * MILLI);
            }
            seeding.isDue(now);
        }

        assertThat(ofOthers.containsRange(eves.nextIn(0), eves.nextIn(0) + eves.size()))
                .isTrue();
        int then = shown(EVE, 600 * MILLI).size();
        assertThat(then).as("nothing was added to it").isEqualTo(eves.size());
        seeding.holds(EVE, eves, 1_000 * MILLI);
        seeding.isDue(1_600 * MILLI);
        assertThat(shown(EVE, 1_600 * MILLI).size()).isGreaterThan(then);
    }

    @Test
    void isDue_allAreAsSlow_leaseOn() {
        LeafSet taken = LeafSet.none(LEAVES);
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        for (long now = 0; !taken.isFull(); now += 900 * MILLI) {
            LeafSet before = LeafSet.none(LEAVES);
            before.addAll(taken);
            assertThat(takeAll(ANN, taken, now) + takeAll(BOB, taken, now)).isPositive();
            seeding.isDue(now);
            seeding.holds(ANN, before, now);
            seeding.holds(BOB, before, now);
        }
    }

    @Test
    void gone_peerWithALease_leavesItToOthers() {
        for (PeerId peer : List.of(ANN, BOB, EVE)) {
            seeding.asked(peer, 0);
        }
        LeafSet ofAnn = shown(ANN, 0);
        seeding.gone(ANN);

        assertThat(shown(BOB, 0)).hasToString(ofAnn.toString());
        assertThat(shown(BOB, 0).contains(ofAnn.nextIn(0))).isTrue();
    }

    @Test
    void shareFor_lastLeavesLeasedToASlowPeer_leasesThemToAnotherAsWell() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        LeafSet ofAnn = shown(ANN, 0);
        LeafSet ofBob = LeafSet.none(LEAVES);
        long now = 0;
        while (ofBob.size() + ofAnn.size() < LEAVES) {
            now += 25 * MILLI;
            takeAll(BOB, ofBob, now);
        }
        assertThat(takeAll(BOB, ofBob, now + 100 * MILLI)).isZero();
        assertThat(takeAll(BOB, ofBob, now + 150 * MILLI)).isPositive();
    }

    @Test
    void shareFor_morePeersThanHaveALease_showsTheOthersNothingUntilThePeersHadTimeToPassItOn() {
        List<PeerId> peers = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            peers.add(new PeerId("peer-" + i));
            seeding.asked(peers.get(i), 0);
        }
        assertThat(shown(peers.get(24), 0).size()).isZero();
        LeafSet taken = LeafSet.none(LEAVES);
        long now = 0;
        while (!taken.isFull()) {
            now += 25 * MILLI;
            for (PeerId peer : peers) {
                takeAll(peer, taken, now);
            }
        }

        assertThat(shown(peers.get(24), now + 900 * MILLI).size()).isZero();
        assertThat(shown(peers.get(24), now + 1_000 * MILLI).isFull()).isTrue();
    }

    @Test
    void shareFor_peerThatTakesMore_isToldOnlyOfWhatItsLeaseGrewBy() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        Watch.Share first = seeding.shareFor(ANN, 0, 0);
        LeafSet known = Objects.requireNonNull(first.leaves(LEAVES));
        assertThat(first.extent()).isEqualTo(Watch.Extent.LEASED);
        int version = first.version();
        for (int i = 1; i < 5; i++) {
            for (int leaf = known.nextIn(0); leaf >= 0; leaf = known.nextIn(leaf + 1)) {
                seeding.served(ANN, leaf, leaf + 1, i * 25L * MILLI);
            }
            Watch.Share next = seeding.shareFor(ANN, version, i * 25L * MILLI);
            assertThat(next.extent()).isEqualTo(Watch.Extent.MORE);
            version = next.version();
            for (int leaf : next.moreLeaves(LEAVES)) {
                assertThat(known.add(leaf)).isTrue();
            }
        }

        Watch.Share all = seeding.shareFor(ANN, version - 1, 100 * MILLI);
        assertThat(all.extent()).isEqualTo(Watch.Extent.LEASED);
        assertThat(all.bits()).isEqualTo(known.encode());
    }

    @Test
    void holds_leavesThatAPeerHasOfItsLease_countAsGiven() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        LeafSet ofAnn = shown(ANN, 0);
        seeding.holds(ANN, ofAnn, 10 * MILLI);

        LeafSet next = shown(ANN, 20 * MILLI);

        assertThat(next.size()).isGreaterThan(ofAnn.size());
    }

    @Test
    void shareFor_eachGrant_hasAVersionOfItsOwn() {
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        Set<Integer> versions = new HashSet<>();
        LeafSet taken = LeafSet.none(LEAVES);
        for (int i = 0; i < 5; i++) {
            assertThat(versions.add(seeding.shareFor(ANN, 0, i * 25L * MILLI).version()))
                    .isTrue();
            assertThat(versions.add(seeding.shareFor(BOB, 0, i * 25L * MILLI).version()))
                    .isTrue();
            takeAll(ANN, taken, i * 25L * MILLI);
            takeAll(BOB, taken, i * 25L * MILLI);
        }
        assertThat(versions).allMatch(version -> version < 0);
    }

    @Test
    void shareFor_secondOfTwoAuthors_beginsInTheMiddle() {
        SuperSeeding other = new SuperSeeding(new BlobId(1, 2, 3, 4), LAYOUT, -7, 1, 2);
        other.asked(ANN, 0);
        other.asked(BOB, 0);

        LeafSet first = Objects.requireNonNull(other.shareFor(ANN, 0, 0).leaves(LEAVES));
        assertThat(first.nextIn(0)).isEqualTo(LEAVES / 2);
    }

    @Test
    void shareFor_peerWhoseLeavesNobodyElseEverHas_isLeasedNoMoreAndOthersGetThem() {
        LeafSet ofAnn = LeafSet.none(LEAVES);
        LeafSet ofEve = LeafSet.none(LEAVES);
        seeding.asked(ANN, 0);
        seeding.asked(EVE, 0);
        seeding.asked(BOB, 0);
        takeAll(EVE, ofEve, 0);
        takeAll(EVE, ofEve, 10 * MILLI);
        int eves = ofEve.size();
        LeafSet untaken = shown(EVE, 20 * MILLI);
        assertThat(untaken.size()).isGreaterThan(eves);
        takeAll(ANN, ofAnn, 20 * MILLI);
        seeding.holds(BOB, ofAnn, 20 * MILLI);

        long later = 1_100 * MILLI;
        takeAll(ANN, ofAnn, later);

        assertThat(shown(EVE, later).size()).as("what she took already").isEqualTo(eves);
        seeding.served(EVE, untaken.nextMissing(0), untaken.nextMissing(0) + 1, later);
        LeafSet ofBob = LeafSet.none(LEAVES);
        for (long now = later; ofAnn.size() + ofBob.size() < LEAVES; now += 25 * MILLI) {
            int taken = takeAll(ANN, ofAnn, now);
            seeding.holds(BOB, ofAnn, now);
            taken += takeAll(BOB, ofBob, now);
            seeding.holds(ANN, ofBob, now);
            assertThat(taken).as("at " + now).isPositive();
        }
        assertThat(takeAll(EVE, ofEve, 60_000 * MILLI))
                .as("when all is given away")
                .isPositive();
    }

    @Test
    void shareFor_allIsGivenAndAFewLeavesWentNoFurther_areGivenToAnotherBeforeEveryoneIsShownEverything() {
        List<PeerId> peers = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            peers.add(new PeerId("peer-" + i));
            seeding.asked(peers.get(i), 0);
        }
        LeafSet eves = LeafSet.none(LEAVES);
        assertThat(take(peers.get(0), 2, eves, 0)).isEqualTo(2);
        LeafSet taken = LeafSet.none(LEAVES);
        taken.addAll(eves);
        seeding.holds(peers.get(0), eves, 0);
        long now = 0;
        while (!taken.isFull()) {
            now += 50 * MILLI;
            seeding.isDue(now);
            for (PeerId peer : peers.subList(1, 24)) {
                take(peer, 1, taken, now);
            }
            LeafSet passedOn = LeafSet.none(LEAVES);
            passedOn.addAllBut(taken, eves);
            peers.subList(1, 24).forEach(peer -> seeding.holds(peer, passedOn, 0));
        }
        long all = now;

        LeafSet again = LeafSet.none(LEAVES);
        again.addAllBut(taken, eves);
        for (; !again.isFull() && now < all + 900 * MILLI; now += 50 * MILLI) {
            seeding.isDue(now);
            for (PeerId peer : peers.subList(1, 24)) {
                takeAll(peer, again, now);
            }
        }

        assertThat(again.isFull()).isTrue();
        assertThat(seeding.isOver(now)).isFalse();
    }

    @Test
    void shareFor_nobodyReportsWhatItHolds_isOverOnceAllIsGivenAway() {
        List<PeerId> peers = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            peers.add(new PeerId("peer-" + i));
            seeding.asked(peers.get(i), 0);
        }
        LeafSet taken = LeafSet.none(LEAVES);
        long now = 0;
        for (; !taken.isFull(); now += 200 * MILLI) {
            seeding.isDue(now);
            for (PeerId peer : peers) {
                take(peer, 2, taken, now);
            }
        }
        long all = now;
        for (; now < all + 1_000 * MILLI; now += 50 * MILLI) {
            seeding.isDue(now);
            for (PeerId peer : peers) {
                seeding.shareFor(peer, 0, now);
            }
        }

        assertThat(seeding.isOver(now)).isTrue();
    }

    @Test
    void shareFor_peerWhoseLeavesAnotherReports_keepsItsLease() {
        LeafSet ofAnn = LeafSet.none(LEAVES);
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        for (int i = 0; i < 100 && ofAnn.size() < LEAVES / 2; i++) {
            takeAll(ANN, ofAnn, i * (100 * MILLI));
            seeding.holds(BOB, ofAnn, i * (100 * MILLI));
            seeding.holds(ANN, ofAnn, i * (100 * MILLI));
        }

        assertThat(ofAnn.size()).isGreaterThanOrEqualTo(LEAVES / 2);
    }

    @Test
    void shareFor_nobodyPassesAnythingOnInTime_leasesOnToAll() {
        LeafSet ofAnn = LeafSet.none(LEAVES);
        LeafSet ofBob = LeafSet.none(LEAVES);
        seeding.asked(ANN, 0);
        seeding.asked(BOB, 0);
        for (long now = 0; ofAnn.size() + ofBob.size() < LEAVES; now += 200 * MILLI) {
            assertThat(takeAll(ANN, ofAnn, now) + takeAll(BOB, ofBob, now)).isPositive();
        }

        assertThat(ofAnn.size()).isBetween(LEAVES / 4, LEAVES * 3 / 4);
    }
}
