package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerView;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoverySimulationTest {

    private static final long RATE = 25_000_000;
    private static final long KIB = 1 << 10;

    @ParameterizedTest(name = "{0} nodes, loss {1}, seed {2}")
    @CsvSource({"8,0,1", "8,0.3,2", "60,0,3", "60,0.3,4", "200,0.3,5"})
    void revoke_onOneSegment_reachesEveryoneWithinTwoSeconds(int nodes, double loss, long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, nodes, RATE);
        fleet.network().loseDatagrams(loss);
        fleet.startAll(List.of());
        fleet.run(20);
        ModelledContent content = fleet.newContent(KIB);
        fleet.node(0).publish(content, "*");

        assertThat(fleet.runUntil(() -> fleet.isEverywhere(content), 2)).isTrue();
        fleet.node(0).revoke(content.id());
        assertThat(fleet.runUntil(() -> fleet.nodes().stream().noneMatch(node -> node.held(content.id()) > 0), 2))
                .isTrue();
    }

    @ParameterizedTest(name = "beside {0} nodes, seed {1}")
    @CsvSource({"1,1", "7,2", "60,3"})
    void start_besideOthers_isProvenToSomeoneAtOnce(int others, long seed) {
        int newcomers = 40;
        SimulatedFleet fleet = new SimulatedFleet(seed, others + newcomers, RATE);
        fleet.nodes().subList(0, others).forEach(node -> node.start(List.of()));
        fleet.run(30);
        long[] nanos = new long[newcomers];
        for (int i = 0; i < newcomers; i++) {
            SimulatedNode newcomer = fleet.node(others + i);
            long start = fleet.time().now();
            newcomer.start(List.of());
            assertThat(fleet.runUntil(() -> knowEachOther(fleet, newcomer, others), 5))
                    .isTrue();
            nanos[i] = fleet.time().now() - start;
            fleet.run(1);
            newcomer.crash();
        }
        Arrays.sort(nanos);

        assertThat(nanos[newcomers / 2]).isLessThanOrEqualTo(60_000_000);
        assertThat(nanos[newcomers - 1]).isLessThanOrEqualTo(400_000_000);
    }

    @Test
    void peerWithTwoAddresses_isAskedAtOneUntilThatFails() {
        SimulatedFleet fleet = new SimulatedFleet(1, 2, RATE);
        fleet.network().loseDatagrams(1);
        PeerAddress second = fleet.secondAddress(fleet.node(1), RATE);
        fleet.node(1).start(List.of());
        fleet.node(0).start(List.of(fleet.node(1).address(), second));
        fleet.run(1);
        long before = fleet.network().sentBytes(fleet.node(0).address());
        fleet.run(20);

        assertThat(fleet.network().sentBytes(fleet.node(0).address()) - before).isLessThan(20 * 300);
        assertThat(fleet.node(0).machine().peers().peers(fleet.time().now()))
                .filteredOn(PeerView::reachable)
                .hasSize(1);
    }

    @ParameterizedTest(name = "{0} nodes, seed {1}")
    @CsvSource({"2,1", "60,2"})
    void idle_wholeNodes_segmentCarriesAtMostTwoKilobytesASecond(int nodes, long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, nodes, RATE);
        fleet.startAll(List.of());
        fleet.run(60);
        long before = fleet.network().multicastBytes();
        fleet.run(60);

        assertThat((fleet.network().multicastBytes() - before) / 60).isBetween(40L, 2_000L);
    }

    private static boolean knowEachOther(SimulatedFleet fleet, SimulatedNode newcomer, int others) {
        long now = fleet.time().now();
        boolean knowsSomeone = newcomer.machine().peers().peers(now).stream().anyMatch(peer -> peer.trust() > 0);
        return knowsSomeone
                && fleet.nodes().subList(0, others).stream()
                        .anyMatch(node -> node.machine().peers().peer(newcomer.address(), now) != null);
    }
}
