package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerMap;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FleetSimulationTest {

    private static final long RATE = 25_000_000;
    private static final long MIB = 1 << 20;

    static LongStream seeds() {
        return Simulation.seeds(20, 20, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publish_multicastAlone_reachesEveryNode(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 8, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(64 * MIB);
        fleet.node(0).publish(content, "*");

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 60)).isTrue();
        int leaves = content.layout().leafCount();
        for (SimulatedNode node : fleet.nodes().subList(1, 8)) {
            assertThat(node.leavesFetched()).isBetween((long) leaves, leaves + leaves / 200L);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publish_multicastLost_spreadsThroughOneGivenPeer(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 8, RATE);
        fleet.network().loseDatagrams(1);
        fleet.startAll(List.of(fleet.node(0).address()));
        fleet.run(2);
        ModelledContent content = fleet.newContent(16 * MIB);
        fleet.node(3).publish(content, "*");

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 60)).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publish_equalLinks_seederSendsAboutOneCopy(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 8, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(128 * MIB);
        long before = fleet.network().sentBytes(fleet.node(0).address());
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.isEverywhere(content), 120);

        long sent = fleet.network().sentBytes(fleet.node(0).address()) - before;
        assertThat(sent / (double) (128 * MIB)).isBetween(0.9, 1.3);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publish_targetNamesSome_othersFetchNothing(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 6, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(4 * MIB);
        fleet.node(0).publish(content, "node-2,node-4");
        fleet.run(20);

        assertThat(fleet.node(2).machine().isComplete(content.id())).isTrue();
        assertThat(fleet.node(4).machine().isComplete(content.id())).isTrue();
        for (int other : new int[] {1, 3, 5}) {
            assertThat(fleet.node(other).held(content.id())).isZero();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void revoke_midTransfer_nobodyKeepsAnything(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 6, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(256 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.node(5).held(content.id()) > 200, 60);
        fleet.node(0).revoke(content.id());
        fleet.run(5);

        for (SimulatedNode node : fleet.nodes()) {
            assertThat(node.held(content.id())).isZero();
            assertThat(node.transfers()).isEmpty();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transfer_seederCutAndHealed_completes(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 5, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(64 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.node(1).held(content.id()) > content.layout().leafCount() * 0.3, 60);
        fleet.network().cut(fleet.node(0).address(), true);
        fleet.run(30);
        assertThat(fleet.isEverywhere(content)).isFalse();

        fleet.network().cut(fleet.node(0).address(), false);
        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 60)).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transfer_receiversCrashAndRestart_fetchNothingTwiceButWhatWasUnderWay(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 6, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(64 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.node(1).held(content.id()) > content.layout().leafCount() / 2, 60);
        fleet.node(1).crash();
        fleet.node(2).crash();
        fleet.run(1);
        fleet.node(1).start(List.of());
        fleet.node(2).start(List.of());

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 60)).isTrue();
        assertThat(fleet.node(1).leavesFetched()).isEqualTo(content.layout().leafCount());
        assertThat(fleet.node(2).leavesFetched()).isEqualTo(content.layout().leafCount());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transfer_oneNodeServesGarbage_othersCompleteAndShunIt(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 6, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        fleet.node(3).becomeLiar();
        ModelledContent content = fleet.newContent(32 * MIB);
        fleet.node(0).publish(content, "*");

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 120)).isTrue();
        long shunning = fleet.nodes().stream()
                .filter(node -> node != fleet.node(3))
                .filter(node -> node.machine().peers().peers(fleet.time().now()).stream()
                        .anyMatch(peer -> peer.address().equals(fleet.node(3).address()) && peer.trust() < 0))
                .count();
        assertThat(shunning).isPositive();
        assertThat(PeerMap.MAX_FALSE_LEAVES).isEqualTo(3);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void partition_healed_manifestsAreEqual(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 8, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        fleet.nodes().subList(4, 8).forEach(node -> fleet.network().moveToGroup(node.address(), 1));
        ModelledContent here = fleet.newContent(MIB);
        ModelledContent there = fleet.newContent(2 * MIB);
        fleet.node(0).publish(here, "*");
        fleet.node(7).publish(there, "*");
        fleet.run(10);
        assertThat(fleet.node(7).machine().isComplete(here.id())).isFalse();

        fleet.nodes().subList(4, 8).forEach(node -> fleet.network().moveToGroup(node.address(), 0));
        assertThat(fleet.runUntil(() -> fleet.isEverywhere(here) && fleet.isEverywhere(there), 60))
                .isTrue();
        assertThat(fleet.nodes().stream()
                        .map(node -> node.machine().manifestDigest())
                        .distinct())
                .hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void transfer_nobodyHasIt_waitsWithAReason(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 3, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(64 * MIB);
        fleet.node(0).publish(content, "node-1");
        fleet.runUntil(() -> fleet.node(1).held(content.id()) > 10, 60);
        fleet.node(0).crash();
        fleet.run(40);

        assertThat(fleet.node(1).transfers())
                .singleElement()
                .extracting(TransferView::reason)
                .asString()
                .startsWith("no progress");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void store_losesACompleteBlob_fetchesItAgain(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 3, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        ModelledContent content = fleet.newContent(4 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.isEverywhere(content), 60);
        fleet.node(1).lose(content.id());

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 60)).isTrue();
        assertThat(fleet.node(1).leavesFetched())
                .isEqualTo(2L * content.layout().leafCount());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void run_sameSeed_sameTrace(long seed) {
        assertThat(traceOf(seed)).isEqualTo(traceOf(seed));
    }

    private static long traceOf(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 5, RATE);
        fleet.network().loseDatagrams(0.3);
        fleet.startAll(List.of());
        fleet.run(1);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.runUntil(() -> fleet.isEverywhere(content), 60);
        return fleet.time().traceHash();
    }
}
