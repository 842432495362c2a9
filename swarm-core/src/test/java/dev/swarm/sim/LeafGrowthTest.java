package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import org.junit.jupiter.api.Test;

class LeafGrowthTest {

    private static final BlobId BLOB = BlobId.parse("ab".repeat(32));

    @Test
    void medians_twoLeavesToFour_areTimesFromTheFirstCopyOn() {
        LeafGrowth growth = new LeafGrowth(4);
        SimulatedFleet fleet = new SimulatedFleet(1, 5, Distribution.RATE, growth);

        tell(fleet, growth, 0, 10, 30, 40, 100);
        tell(fleet, growth, 1, 20, 50, 90, 120);
        fleet.run(1);

        assertThat(growth.medians()).isEqualTo(new Distribution.Growth(0.03, 0.03, 0.1));
    }

    @Test
    void medians_nothingCame_areZero() {
        assertThat(new LeafGrowth(4).medians()).isEqualTo(new Distribution.Growth(0, 0, 0));
    }

    private static void tell(SimulatedFleet fleet, LeafGrowth growth, int leaf, long... millis) {
        SimulatedNode node = fleet.nodes().get(1);
        for (long at : millis) {
            fleet.time().at(at * 1_000_000, () -> growth.took(node, BLOB, leaf, NodeStore.Leaf.MODELLED));
        }
    }
}
