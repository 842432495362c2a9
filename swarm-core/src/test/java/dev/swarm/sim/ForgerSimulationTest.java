package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.manifest.Mischief;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForgerSimulationTest {

    private static final long RATE = 25_000_000;

    static LongStream seeds() {
        return Simulation.seeds(10, 20, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void member_forgesEntries_isShunned(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 4, RATE);
        SimulatedNode forger = fleet.node(3);
        forger.become(new Mischief(
                SimulatedFleet.FLEET,
                forger.id(),
                fleet.node(0).id(),
                SimulatedNode.EPOCH_MILLIS,
                fleet.time().random()));
        fleet.startAll(List.of());
        for (int round = 0; round < 60; round++) {
            fleet.node(round % 3).publishMany(fleet, 2);
            fleet.run(2);
        }

        assertThat(fleet.nodes().subList(0, 3))
                .anyMatch(node -> node.machine().peers().peers(fleet.time().now()).stream()
                        .anyMatch(peer -> peer.address().equals(forger.address()) && peer.trust() < 0));
    }
}
