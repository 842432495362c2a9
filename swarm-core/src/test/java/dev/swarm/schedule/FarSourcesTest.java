package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a node asks those for that are far away, while others are near. */
class FarSourcesTest {

    private static final long MILLI = 1_000_000L;
    private static final BlobLayout LAYOUT = new BlobLayout(16L << 20);
    private static final int LEAVES = LAYOUT.leafCount();
    private static final PeerAddress NEAR = PeerAddress.parse("10.0.1.1:1531");
    private static final PeerAddress FAR = PeerAddress.parse("10.0.2.1:1531");

    private static Scheduler scheduler(String self) {
        return Scheduler.create(new PeerId(self), LAYOUT, LeafSet.none(LEAVES), new SplittableRandom(7));
    }

    private static void near(Scheduler scheduler, String name, LeafSet holds) {
        scheduler.peerHolds(NEAR, new PeerId(name), holds, 0);
        scheduler.roundTrip(NEAR, MILLI);
    }

    private static void far(Scheduler scheduler, PeerAddress address, LeafSet holds) {
        scheduler.peerHolds(address, new PeerId("far-" + address.port()), holds, 0);
        scheduler.roundTrip(address, 40 * MILLI);
    }

    private static PeerAddress far(int number) {
        return PeerAddress.parse("10.0.2.1:" + (2_000 + number));
    }

    /** Everything that is asked for while time stands still, as it comes in at once. */
    private static List<Integer> drain(Scheduler scheduler, long now) {
        List<Integer> leaves = new ArrayList<>();
        for (List<Scheduler.Fetch> fetches = scheduler.next(now); !fetches.isEmpty(); fetches = scheduler.next(now)) {
            for (Scheduler.Fetch fetch : fetches) {
                for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                    leaves.add(leaf);
                    scheduler.leafStored(fetch.request(), leaf, now);
                }
                scheduler.requestEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            }
        }
        return leaves;
    }

    @Test
    void next_twoNearEachOther_takeEachLeafFromFarAwayOnceBetweenThem() {
        Scheduler ann = scheduler("ann");
        Scheduler bob = scheduler("bob");
        near(ann, "bob", LeafSet.none(LEAVES));
        near(bob, "ann", LeafSet.none(LEAVES));
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(LEAVES - 1);
        far(ann, FAR, most);
        far(bob, FAR, most);

        Set<Integer> anns = new HashSet<>(drain(ann, 0));
        Set<Integer> bobs = new HashSet<>(drain(bob, 0));

        assertThat(anns).isNotEmpty().doesNotContainAnyElementsOf(bobs);
        assertThat(anns.size() + bobs.size()).isEqualTo(LEAVES - 1);
    }

    @Test
    void next_leafThatIsNear_isNotAskedForFromFarAway() {
        Scheduler scheduler = scheduler("ann");
        LeafSet lower = LeafSet.none(LEAVES);
        for (int leaf = 0; leaf < LEAVES / 2; leaf++) {
            lower.add(leaf);
        }
        near(scheduler, "bob", lower);
        far(scheduler, FAR, LeafSet.all(LEAVES));

        for (int i = 0; i < 50; i++) {
            for (Scheduler.Fetch fetch : scheduler.next(i * MILLI)) {
                assertThat(fetch.first() < LEAVES / 2).isEqualTo(fetch.peer().equals(NEAR));
            }
        }
    }

    @Test
    void next_ownerWhoIsNearNeverComesToIt_isTakenOverAfterAWhile() {
        Scheduler scheduler = scheduler("ann");
        near(scheduler, "bob", LeafSet.none(LEAVES));
        far(scheduler, FAR, LeafSet.all(LEAVES));
        int own = drain(scheduler, 0).size();
        assertThat(drain(scheduler, 500 * MILLI)).isEmpty();

        int others = drain(scheduler, 5_000 * MILLI).size();

        assertThat(own + others).isEqualTo(LEAVES);
        assertThat(scheduler.isComplete()).isTrue();
    }

    @Test
    void next_leafLeasedFromFarAway_isAskedForWhoeverOwnsIt() {
        Scheduler scheduler = scheduler("ann");
        near(scheduler, "bob", LeafSet.none(LEAVES));
        LeafSet lease = LeafSet.none(LEAVES);
        for (int leaf = 40; leaf < 56; leaf++) {
            lease.add(leaf);
        }
        far(scheduler, FAR, lease);
        scheduler.peerLeases(FAR, true);

        assertThat(drain(scheduler, 0)).hasSize(16);
    }

    @Test
    void next_leaseFromFarAwayWhileSevenNearAreAsked_isTakenAllTheSame() {
        Scheduler scheduler = scheduler("ann");
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(LEAVES - 1);
        for (int i = 0; i < 20; i++) {
            PeerAddress address = PeerAddress.parse("10.0.1.1:" + (3_000 + i));
            scheduler.peerHolds(address, new PeerId("near-" + i), most, 0);
            scheduler.roundTrip(address, MILLI);
        }
        assertThat(scheduler.next(0).stream().map(Scheduler.Fetch::peer).distinct())
                .hasSize(7);
        far(scheduler, FAR, LeafSet.of(LEAVES, LEAVES - 1));
        scheduler.peerLeases(FAR, true);

        assertThat(scheduler.next(MILLI)).extracting(Scheduler.Fetch::peer).contains(FAR);
    }

    @Test
    void next_manyNear_asksOneFarAwayAtATimeForALeaf() {
        Scheduler scheduler = scheduler("ann");
        for (int i = 0; i < 10; i++) {
            PeerAddress address = PeerAddress.parse("10.0.1.1:" + (3_000 + i));
            scheduler.peerHolds(address, new PeerId("near-" + i), LeafSet.none(LEAVES), 0);
            scheduler.roundTrip(address, MILLI);
            far(scheduler, far(i), LeafSet.all(LEAVES));
        }

        List<Scheduler.Fetch> fetches = new ArrayList<>(scheduler.next(0));
        fetches.addAll(scheduler.next(MILLI));

        assertThat(fetches).singleElement().satisfies(fetch -> assertThat(fetch.end() - fetch.first())
                .isEqualTo(1));
    }

    @Test
    void next_everyoneEquallyFarAway_asksAllForEverything() {
        Scheduler scheduler = scheduler("ann");
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(0);
        far(scheduler, far(0), most);
        far(scheduler, far(1), most);
        scheduler.peerHolds(NEAR, new PeerId("unknown"), LeafSet.none(LEAVES), 0);

        assertThat(drain(scheduler, 0)).hasSize(LEAVES - 1);
    }
}
